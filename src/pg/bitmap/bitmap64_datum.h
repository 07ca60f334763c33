/// 64-bit bitmaps as arguments and results of SQL functions.
#pragma once

#include "core/bitmap/bitmap64_writer.h"
#include "pg/base/kept_value.h"

namespace cdp::pg {

/// The portable bytes of a bitmap, detoasted where need be; a partial state of rb64_build_agg is
/// turned into them. Not validated beyond that. May longjmp: for the first act.
bitmap::Bytes Bitmap64Bytes(Datum datum);

/// The same of a function's argument.
inline bitmap::Bytes Bitmap64Argument(FunctionCallInfo fcinfo, int n) {
  return Bitmap64Bytes(PG_GETARG_DATUM(n));
}

/// The same, from what the call site keeps if it can. Of several arguments the first comes first.
/// The bytes live until the call site is called again, so no part of them may become part of the
/// result.
bitmap::Bytes KeptBitmap64Argument(FunctionCallInfo fcinfo, int n);

/// A new value in the current context of the buckets that `append(list)` adds to a list; for use
/// inside CallCore.
template <class Append>
varlena* NewBitmap64(Append append) {
  ContextResource memory(CurrentMemoryContext);
  bitmap::BucketList list(&memory);
  append(&list);
  varlena* result = NewVarlena(list.size());
  list.Write(PayloadOf(result));
  return result;
}

/// Values in any order, which it sorts in place; for use inside CallCore.
varlena* NewBitmap64OfUnsorted(std::span<std::uint64_t> values);
/// Bytes from outside, in either form: checks all of them and brings them into normal form.
varlena* NewBitmap64OfForeign(bitmap::Bytes bytes);

}  // namespace cdp::pg
