/// Bitmaps in fewer bytes, for those that are stored beside others and written often.

#include "core/bitmap/bitmap_writer.h"
#include "core/bitmap/packed_set.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {

using bitmap::Bytes;
using bitmap::PackedSetView;

CDP_FUNCTION(cdp__rb_pack) {
  const Bytes bytes = BitmapArgument(fcinfo, 0);
  const varlena* packed = CallCore([bytes]() -> const varlena* {
    const bitmap::BitmapView set(bytes);
    if (set.empty()) return nullptr;
    ContextResource memory(CurrentMemoryContext);
    return NewVarlena(bitmap::PackedSet(set, &memory));
  });
  if (packed == nullptr) PG_RETURN_NULL();
  PG_RETURN_POINTER(packed);
}

CDP_FUNCTION(cdp__rb_unpack) {
  const Bytes packed = BytesOf(PG_GETARG_BYTEA_PP(0));
  PG_RETURN_POINTER(CallCore([packed] {
    ContextResource memory(CurrentMemoryContext);
    const auto values = PackedSetView(packed).Values(&memory);
    const bitmap::PortableWriter writer(values);
    varlena* bitmap = NewVarlena(writer.size());
    writer.Write(reinterpret_cast<std::byte*>(VARDATA(bitmap)));
    return bitmap;
  }));
}

CDP_FUNCTION(cdp__rb_packed_place) {
  const Bytes packed = BytesOf(PG_GETARG_BYTEA_PP(0));
  const auto value = static_cast<std::uint32_t>(PG_GETARG_INT32(1));
  const std::int64_t place = CallCore([=] {
    const auto found = PackedSetView(packed).PlaceOf(value);
    return found ? static_cast<std::int64_t>(*found) : -1;
  });
  if (place < 0) PG_RETURN_NULL();
  PG_RETURN_INT64(place);
}

}  // namespace cdp::pg
