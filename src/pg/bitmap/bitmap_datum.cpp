#include "pg/bitmap/bitmap_datum.h"

#include "core/bitmap/bitmap_writer.h"
#include "core/bitmap/build_state.h"
#include "core/bitmap/sort.h"

namespace cdp::pg {
namespace {

varlena* NewBitmapOfBuildState(bitmap::Bytes bytes) {
  ContextResource memory(CurrentMemoryContext);
  auto values = bitmap::BuildStateValues(bytes, &memory);
  return NewBitmapOfUnsorted(values);
}

}  // namespace

bitmap::Bytes BitmapBytes(Datum datum) {
  const bitmap::Bytes bytes = BytesOf(PG_DETOAST_DATUM_PACKED(datum));
  if (!bitmap::IsBuildState(bytes)) [[likely]]
    return bytes;
  return BytesOf(CallCore([bytes] { return NewBitmapOfBuildState(bytes); }));
}

varlena* NewBitmap(const bitmap::Bitmap& value) {
  varlena* result = NewVarlena(value.PortableSize());
  value.WritePortable(PayloadOf(result));
  return result;
}

varlena* NewBitmap(std::span<const std::uint32_t> values) {
  const bitmap::PortableWriter writer(values);
  varlena* result = NewVarlena(writer.size());
  writer.Write(PayloadOf(result));
  return result;
}

varlena* NewBitmapOfUnsorted(std::span<std::uint32_t> values) {
  ContextResource memory(CurrentMemoryContext);
  return NewBitmap(
      std::span<const std::uint32_t>(values.first(bitmap::SortUnique(values, &memory))));
}

varlena* NewBitmapOfForeign(bitmap::Bytes bytes) {
  if (bitmap::IsBuildState(bytes)) return NewBitmapOfBuildState(bytes);
  return NewBitmap(bitmap::Bitmap::FromPortable(bytes));
}

}  // namespace cdp::pg
