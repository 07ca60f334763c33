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

varlena* NewBitmap(const bitmap::BitmapParts& parts) {
  varlena* result = NewVarlena(parts.size());
  parts.Write(PayloadOf(result));
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

varlena* NewArrayOfBitmap(bitmap::Bytes bytes) {
  const bitmap::BitmapView view(bytes);
  const std::uint64_t count = view.Cardinality();
  if (count == 0) {
    return CallServer([] { return reinterpret_cast<varlena*>(construct_empty_array(INT4OID)); });
  }
  if (count > MaxArraySize) {
    throw Error(ErrorCode::kLimitExceeded, "result is too large",
                "An array holds at most " + std::to_string(MaxArraySize) +
                    " elements; this one would have " + std::to_string(count) + ".",
                "Use rb_iterate instead.");
  }
  constexpr std::size_t kHeader = ARR_OVERHEAD_NONULLS(1);
  varlena* result = NewVarlena(kHeader - VARHDRSZ + count * sizeof(std::int32_t));
  auto* array = reinterpret_cast<ArrayType*>(result);
  array->ndim = 1;
  array->dataoffset = 0;
  array->elemtype = INT4OID;
  ARR_DIMS(array)[0] = static_cast<int>(count);
  ARR_LBOUND(array)[0] = 1;
  view.Decode(reinterpret_cast<std::uint32_t*>(ARR_DATA_PTR(array)));
  return result;
}

}  // namespace cdp::pg
