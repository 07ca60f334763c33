/// What functions that exist for both types of bitmaps have to know of each.
#pragma once

#include "core/bitmap/bitmap_bounds.h"
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
  static Datum DatumOf(Value value) { return Int32GetDatum(static_cast<Number>(value)); }
  static Number NumberOf(Datum datum) { return DatumGetInt32(datum); }

  /// For many questions about one bitmap.
  static Lookup Open(bitmap::Bytes bytes, std::pmr::memory_resource*) { return Lookup(bytes); }
  static std::uint64_t Cardinality(bitmap::Bytes bytes) { return Lookup(bytes).Cardinality(); }
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
  static Datum DatumOf(Value value) { return Int64GetDatum(static_cast<Number>(value)); }
  static Number NumberOf(Datum datum) { return DatumGetInt64(datum); }

  static Lookup Open(bitmap::Bytes bytes, std::pmr::memory_resource* memory) {
    return Lookup(bytes, memory);
  }
  static std::uint64_t Cardinality(bitmap::Bytes bytes) { return bitmap::Cardinality64(bytes); }
  static void Decode(bitmap::Bytes bytes, Value* out) { bitmap::Decode64(bytes, out); }
};

/// The bytes of a function's argument. May longjmp: for the first act.
template <class Kind>
bitmap::Bytes ArgumentOf(FunctionCallInfo fcinfo, int n) {
  return Kind::BytesOf(PG_GETARG_DATUM(n));
}

}  // namespace cdp::pg
