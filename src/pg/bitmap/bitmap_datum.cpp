#include "pg/bitmap/bitmap_datum.h"

#include "core/bitmap/bitmap_writer.h"
#include "core/bitmap/normal_form.h"
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

bitmap::Bytes KeptBitmapArgument(FunctionCallInfo fcinfo, int n) {
  StoredArgument stored;
  if (!ReadStored(fcinfo, n, Need::kWhole, &stored) || !stored.whole ||
      bitmap::IsBuildState(stored.bytes)) {
    return BitmapArgument(fcinfo, n);
  }
  return stored.bytes;
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
  if (std::size_t size = 0; bitmap::BeginsInNormalForm(bytes, &size)) {
    return NewVarlena(bytes.first(size));
  }
  ContextResource memory(CurrentMemoryContext);
  bitmap::BitmapParts parts(&memory);
  bitmap::KeepChecked(bytes, nullptr, &parts);
  return NewBitmap(parts);
}

varlena* NewArrayOfBitmap(bitmap::Bytes bytes) {
  const bitmap::BitmapView view(bytes);
  ArrayType* array =
      NewArray(INT4OID, sizeof(std::int32_t), view.Cardinality(), "Use rb_iterate instead.");
  if (!view.empty()) view.Decode(reinterpret_cast<std::uint32_t*>(ARR_DATA_PTR(array)));
  return reinterpret_cast<varlena*>(array);
}

}  // namespace cdp::pg
