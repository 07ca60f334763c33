#include "pg/base/stored_value.h"

extern "C" {
#include "access/detoast.h"
#include "access/heaptoast.h"
#include "access/table.h"
#include "access/tableam.h"
}

namespace cdp::pg {

bool DescribeStored(const varlena* value, StoredValue* stored) {
  if (!VARATT_IS_EXTERNAL_ONDISK(value)) return false;
  varatt_external pointer;
  VARATT_EXTERNAL_GET_POINTER(pointer, value);
  *stored = {pointer.va_toastrelid, pointer.va_valueid,
             static_cast<std::uint32_t>(pointer.va_rawsize) - VARHDRSZ,
             static_cast<std::uint32_t>(VARATT_EXTERNAL_GET_EXTSIZE(pointer))};
  return true;
}

std::size_t StoredRowBytes() { return TOAST_MAX_CHUNK_SIZE; }

void FetchStored(const StoredValue& stored, std::size_t offset, std::size_t size, varlena* to) {
  Relation relation = table_open(stored.relation, AccessShareLock);
  table_relation_fetch_toast_slice(relation, stored.value, static_cast<int32>(stored.stored),
                                   static_cast<int32>(offset), static_cast<int32>(size), to);
  table_close(relation, AccessShareLock);
}

std::span<const std::byte> StoredPieces::Read(std::size_t offset, std::size_t size) {
  for (const Piece& piece : pieces_) {
    if (offset >= piece.offset && offset - piece.offset <= piece.bytes.size() &&
        size <= piece.bytes.size() - (offset - piece.offset)) {
      return piece.bytes.subspan(offset - piece.offset, size);
    }
  }
  // Whole rows, since they are read anyway: the next question may be about their other bytes.
  const std::size_t row = StoredRowBytes();
  const std::size_t begin = offset / row * row;
  const std::size_t end =
      std::min<std::size_t>((offset + size + row - 1) / row * row, stored_.size);
  varlena* room = NewVarlena(end - begin);
  const StoredValue& stored = stored_;
  CallServer([&stored, begin, end, room] {
    FetchStored(stored, begin, end - begin, room);
    return 0;
  });
  Piece& piece = pieces_[1 + fetched_++ % (kPieces - 1)];
  piece = {begin, {PayloadOf(room), end - begin}};
  return piece.bytes.subspan(offset - begin, size);
}

}  // namespace cdp::pg
