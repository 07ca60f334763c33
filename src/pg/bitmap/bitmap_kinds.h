/// What functions that exist for both types of bitmaps have to know of each.
#pragma once

#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/bitmap_bounds.h"
#include "core/bitmap/bitmap_compare.h"
#include "core/bitmap/normal_form.h"
#include "pg/bitmap/bitmap64_datum.h"
#include "pg/bitmap/bitmap_datum.h"

namespace cdp::pg {

struct Kind32 {
  using Value = std::uint32_t;
  using Number = std::int32_t;  ///< what SQL takes a value for
  using Lookup = bitmap::BitmapView;
  static constexpr int kBits = 32;
  static constexpr Oid kType = INT4OID;
  static constexpr Oid kArrayType = INT4ARRAYOID;

  static bitmap::Bytes BytesOf(Datum datum) { return BitmapBytes(datum); }
  static bitmap::Bytes KeptArgument(FunctionCallInfo fcinfo, int n) {
    return KeptBitmapArgument(fcinfo, n);
  }
  static bool IsBuildState(bitmap::Bytes bytes) { return bitmap::IsBuildState(bytes); }
  static Datum DatumOf(Value value) { return Int32GetDatum(static_cast<Number>(value)); }
  static Number NumberOf(Datum datum) { return DatumGetInt32(datum); }

  /// For many questions about one bitmap.
  static Lookup Open(bitmap::Bytes bytes, std::pmr::memory_resource*) { return Lookup(bytes); }
  static std::uint64_t Cardinality(bitmap::Bytes bytes) { return Lookup(bytes).Cardinality(); }
  static std::uint64_t CountShared(bitmap::Bytes a, bitmap::Bytes b) {
    return bitmap::AndCardinality(Lookup(a), Lookup(b));
  }
  /// Whether what the headers say of the containers is true.
  static bool IsSound(bitmap::Bytes bytes) {
    std::size_t size = 0;
    return bitmap::BeginsInNormalForm(bytes, &size);
  }
  /// Writes all values.
  static void Decode(bitmap::Bytes bytes, Value* out) { Lookup(bytes).Decode(out); }
};

struct Kind64 {
  using Value = std::uint64_t;
  using Number = std::int64_t;
  using Lookup = bitmap::Bitmap64Directory;
  static constexpr int kBits = 64;
  static constexpr Oid kType = INT8OID;
  static constexpr Oid kArrayType = INT8ARRAYOID;

  static bitmap::Bytes BytesOf(Datum datum) { return Bitmap64Bytes(datum); }
  static bitmap::Bytes KeptArgument(FunctionCallInfo fcinfo, int n) {
    return KeptBitmap64Argument(fcinfo, n);
  }
  static bool IsBuildState(bitmap::Bytes bytes) { return bitmap::IsBuildState64(bytes); }
  static Datum DatumOf(Value value) { return Int64GetDatum(static_cast<Number>(value)); }
  static Number NumberOf(Datum datum) { return DatumGetInt64(datum); }

  static Lookup Open(bitmap::Bytes bytes, std::pmr::memory_resource* memory) {
    return Lookup(bytes, memory);
  }
  static std::uint64_t Cardinality(bitmap::Bytes bytes) { return bitmap::Cardinality64(bytes); }
  static std::uint64_t CountShared(bitmap::Bytes a, bitmap::Bytes b) {
    return bitmap::AndCardinality64(a, b);
  }
  static bool IsSound(bitmap::Bytes bytes) {
    bitmap::Bucket bucket;
    for (bitmap::BucketReader reader(bytes); reader.Next(&bucket);) {
      if (!Kind32::IsSound(bucket.bitmap)) return false;
    }
    return true;
  }
  static void Decode(bitmap::Bytes bytes, Value* out) { bitmap::Decode64(bytes, out); }
};

/// The bytes of a function's argument. May longjmp: for the first act.
template <class Kind>
bitmap::Bytes ArgumentOf(FunctionCallInfo fcinfo, int n) {
  return Kind::BytesOf(PG_GETARG_DATUM(n));
}

}  // namespace cdp::pg
