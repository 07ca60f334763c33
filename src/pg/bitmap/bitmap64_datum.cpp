#include "pg/bitmap/bitmap64_datum.h"

#include "core/bitmap/build_state.h"
#include "core/bitmap/sort.h"

namespace cdp::pg {
namespace {

varlena* NewBitmap64OfBuildState(bitmap::Bytes bytes) {
  ContextResource memory(CurrentMemoryContext);
  auto values = bitmap::BuildStateValues64(bytes, &memory);
  return NewBitmap64OfUnsorted(values);
}

}  // namespace

bitmap::Bytes Bitmap64Bytes(Datum datum) {
  const bitmap::Bytes bytes = BytesOf(PG_DETOAST_DATUM_PACKED(datum));
  if (!bitmap::IsBuildState64(bytes)) [[likely]]
    return bytes;
  return BytesOf(CallCore([bytes] { return NewBitmap64OfBuildState(bytes); }));
}

bitmap::Bytes KeptBitmap64Argument(FunctionCallInfo fcinfo, int n) {
  StoredArgument stored;
  if (!ReadStored(fcinfo, n, Need::kWhole, &stored) || !stored.whole ||
      bitmap::IsBuildState64(stored.bytes)) {
    return Bitmap64Argument(fcinfo, n);
  }
  return stored.bytes;
}

varlena* NewBitmap64OfUnsorted(std::span<std::uint64_t> values) {
  ContextResource memory(CurrentMemoryContext);
  const std::size_t count = bitmap::SortUnique(values, &memory);
  return NewBitmap64([=](bitmap::BucketList* list) {
    bitmap::AppendSorted(std::span<const std::uint64_t>(values).first(count), list);
  });
}

varlena* NewBitmap64OfForeign(bitmap::Bytes bytes) {
  if (bitmap::IsBuildState64(bytes)) return NewBitmap64OfBuildState(bytes);
  return NewBitmap64([bytes](bitmap::BucketList* list) { bitmap::AppendForeign(bytes, list); });
}

}  // namespace cdp::pg
