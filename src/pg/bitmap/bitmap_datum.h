/// Bitmaps as arguments and results of SQL functions.
#pragma once

#include "core/bitmap/bitmap.h"
#include "core/bitmap/bitmap_parts.h"
#include "core/bitmap/bitmap_view.h"
#include "core/bitmap/build_state.h"
#include "pg/base/kept_value.h"

namespace cdp::pg {

/// The portable bytes of a bitmap, detoasted where need be; a partial state of rb_build_agg is
/// turned into them. Not validated beyond that. May longjmp: for the first act.
bitmap::Bytes BitmapBytes(Datum datum);

/// The same of a function's argument.
inline bitmap::Bytes BitmapArgument(FunctionCallInfo fcinfo, int n) {
  return BitmapBytes(PG_GETARG_DATUM(n));
}

/// The same, from what the call site keeps if it can. Of several arguments the first comes first.
/// The bytes live until the call site is called again, so no part of them may become part of the
/// result.
bitmap::Bytes KeptBitmapArgument(FunctionCallInfo fcinfo, int n);

/// What `answer(view)` says of the bitmap in an argument, of which it gets as
/// much as it needs. Nothing in the answer may point into the bitmap. `stored` is what ReadStored()
/// found of the argument, null where it found nothing.
template <class Answer>
auto AskBitmap(FunctionCallInfo fcinfo, int n, const StoredArgument* stored, Answer answer) {
  if (stored == nullptr || bitmap::IsBuildState(stored->bytes)) {
    const bitmap::Bytes bytes = BitmapArgument(fcinfo, n);
    return CallCore([&] { return answer(bitmap::BitmapView(bytes)); });
  }
  return CallCore([&] {
    if (stored->whole) return answer(bitmap::BitmapView(stored->bytes));
    StoredPieces pieces(stored->stored, stored->bytes);
    return answer(bitmap::BitmapView(&pieces));
  });
}

template <class Answer>
auto AskBitmap(FunctionCallInfo fcinfo, int n, Need need, Answer answer) {
  StoredArgument stored;
  const bool found = ReadStored(fcinfo, n, need, &stored);
  return AskBitmap(fcinfo, n, found ? &stored : nullptr, answer);
}

/// The same, for a question that is always the same one: of a value that the call site has, the
/// answer is noted.
template <class Answer>
auto AskBitmapOnce(FunctionCallInfo fcinfo, int n, Answer answer) {
  using Result = decltype(answer(std::declval<const bitmap::BitmapView&>()));
  StoredArgument stored;
  if (!ReadStored(fcinfo, n, Need::kFront, &stored)) return AskBitmap(fcinfo, n, nullptr, answer);
  if (stored.kept == nullptr) return AskBitmap(fcinfo, n, &stored, answer);
  if (stored.kept->notes == nullptr) {
    const Result result = AskBitmap(fcinfo, n, &stored, answer);
    stored.kept->notes = new (NotesRoom(fcinfo, stored.kept, sizeof(Result))) Result(result);
  }
  return *static_cast<const Result*>(stored.kept->notes);
}

/// New values in the current context; for use inside CallCore.
varlena* NewBitmap(const bitmap::Bitmap& value);
varlena* NewBitmap(const bitmap::BitmapParts& parts);
/// Values ascending and without duplicates.
varlena* NewBitmap(std::span<const std::uint32_t> values);
/// Values in any order, which it sorts in place.
varlena* NewBitmapOfUnsorted(std::span<std::uint32_t> values);
/// Bytes from outside, in either form: checks all of them and brings them into normal form.
varlena* NewBitmapOfForeign(bitmap::Bytes bytes);

/// The values as an int4[].
varlena* NewArrayOfBitmap(bitmap::Bytes bytes);

/// Makes the result of a function by `build(view, &parts)`, of its first argument.
template <class Build>
Datum BuildFromView(FunctionCallInfo fcinfo, Build build, Need need = Need::kWhole) {
  return PointerGetDatum(AskBitmap(fcinfo, 0, need, [&build](const bitmap::BitmapView& view) {
    ContextResource memory(CurrentMemoryContext);
    bitmap::BitmapParts parts(&memory);
    build(view, &parts);
    return NewBitmap(parts);
  }));
}

}  // namespace cdp::pg
