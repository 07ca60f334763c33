/// Functions of roaringbitmap64 that answer by a number or by yes and no, all read in place.

#include "core/bitmap/bitmap64_directory.h"
#include "core/bitmap/bitmap64_order.h"
#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/build_state.h"
#include "pg/base/kept_value.h"
#include "pg/bitmap/bitmap64_datum.h"

namespace cdp::pg {
namespace {

using bitmap::BucketPlace;
using bitmap::Bytes;

std::uint64_t ValueArgument(FunctionCallInfo fcinfo, int n) {
  return static_cast<std::uint64_t>(PG_GETARG_INT64(n));
}

// What `answer` says of the two arguments.
template <class Answer>
auto AskTwo(FunctionCallInfo fcinfo, Answer answer) {
  const Bytes a = KeptBitmap64Argument(fcinfo, 0);
  const Bytes b = KeptBitmap64Argument(fcinfo, 1);
  return CallCore([=] { return answer(a, b); });
}

// The sizes of two bitmaps and of what they share; every other count follows. A corrupt value can
// make them contradict each other, hence signed.
struct Counts {
  std::int64_t a, b, both;
};

Counts Count(FunctionCallInfo fcinfo) {
  return AskTwo(fcinfo, [](Bytes a, Bytes b) {
    return Counts{static_cast<std::int64_t>(bitmap::Cardinality64(a)),
                  static_cast<std::int64_t>(bitmap::Cardinality64(b)),
                  static_cast<std::int64_t>(bitmap::AndCardinality64(a, b))};
  });
}

// Where the buckets of a kept value are. Worked out the second time a value is asked: a single
// question needs only those before the one it looks for.
struct Directory {
  std::size_t buckets;
  std::uint64_t cardinality;
  BucketPlace* places() { return reinterpret_cast<BucketPlace*>(this + 1); }
};
static_assert(sizeof(Directory) % alignof(BucketPlace) == 0);

Directory* DirectoryOf(FunctionCallInfo fcinfo, const StoredArgument& stored) {
  KeptNotes* kept = stored.kept;
  if (kept->notes != nullptr) return static_cast<Directory*>(kept->notes);
  const Bytes bytes = stored.bytes;
  const std::size_t buckets = CallCore([bytes] { return bitmap::CountBuckets(bytes); });
  void* room = NotesRoom(fcinfo, kept, sizeof(Directory) + buckets * sizeof(BucketPlace));
  // What could be counted can be located: there is no error that would leave the room to nobody.
  auto* directory = new (room) Directory{buckets, 0};
  directory->cardinality =
      CallCore([=] { return bitmap::LocateBuckets(bytes, directory->places()); });
  kept->notes = directory;
  return directory;
}

// Whether the bitmap in argument `n` has the value in the other argument.
bool Holds(FunctionCallInfo fcinfo, int n) {
  const std::uint64_t value = ValueArgument(fcinfo, 1 - n);
  StoredArgument stored;
  if (!ReadStored(fcinfo, n, Need::kWhole, &stored) || !stored.whole ||
      bitmap::IsBuildState64(stored.bytes)) {
    const Bytes bytes = Bitmap64Argument(fcinfo, n);
    return CallCore([=] { return bitmap::Contains64(bytes, value); });
  }
  const Bytes bytes = stored.bytes;
  if (stored.kept->uses == 0) return CallCore([=] { return bitmap::Contains64(bytes, value); });
  Directory* directory = DirectoryOf(fcinfo, stored);
  return CallCore([=] {
    return bitmap::Bitmap64Directory(bytes, {directory->places(), directory->buckets},
                                     directory->cardinality)
        .Contains(value);
  });
}

// What `answer` says of the bitmap in argument 0, of its bytes or of pieces of them: for questions
// that the first bucket answers.
template <class Answer>
auto AskFirstBucket(FunctionCallInfo fcinfo, Answer answer) {
  StoredArgument stored;
  Bytes bytes;
  bool by_pieces = false;
  if (!ReadStored(fcinfo, 0, Need::kPieces, &stored) || bitmap::IsBuildState64(stored.bytes)) {
    bytes = Bitmap64Argument(fcinfo, 0);
  } else {
    bytes = stored.bytes;
    by_pieces = !stored.whole;
  }
  return CallCore([&] {
    if (!by_pieces) return answer(bytes);
    StoredPieces pieces(stored.stored, bytes);
    return answer(static_cast<ByteSource*>(&pieces));
  });
}

}  // namespace

CDP_FUNCTION(cdp_rb64_cardinality) {
  const Bytes bytes = KeptBitmap64Argument(fcinfo, 0);
  PG_RETURN_INT64(CallCore([bytes] { return bitmap::Cardinality64(bytes); }));
}

CDP_FUNCTION(cdp_rb64_is_empty) {
  StoredValue stored;
  const auto* value = reinterpret_cast<const varlena*>(PG_GETARG_POINTER(0));
  // The pointer to it says that it has more bytes than an empty one.
  if (DescribeStored(value, &stored) && stored.size > bitmap::kEmptyBytes) PG_RETURN_BOOL(false);
  PG_RETURN_BOOL(AskFirstBucket(fcinfo, [](auto from) { return bitmap::Empty64(from); }));
}

CDP_FUNCTION(cdp_rb64_and_cardinality) {
  PG_RETURN_INT64(AskTwo(fcinfo, bitmap::AndCardinality64));
}

CDP_FUNCTION(cdp_rb64_or_cardinality) {
  const Counts counts = Count(fcinfo);
  PG_RETURN_INT64(counts.a + counts.b - counts.both);
}

CDP_FUNCTION(cdp_rb64_xor_cardinality) {
  const Counts counts = Count(fcinfo);
  PG_RETURN_INT64(counts.a + counts.b - 2 * counts.both);
}

CDP_FUNCTION(cdp_rb64_andnot_cardinality) {
  const Counts counts = Count(fcinfo);
  PG_RETURN_INT64(counts.a - counts.both);
}

CDP_FUNCTION(cdp_rb64_contains_value) { PG_RETURN_BOOL(Holds(fcinfo, 0)); }
CDP_FUNCTION(cdp_rb64_containedby_value) { PG_RETURN_BOOL(Holds(fcinfo, 1)); }

CDP_FUNCTION(cdp_rb64_contains) { PG_RETURN_BOOL(AskTwo(fcinfo, bitmap::IncludesAll64)); }
CDP_FUNCTION(cdp_rb64_containedby) {
  PG_RETURN_BOOL(AskTwo(fcinfo, [](Bytes a, Bytes b) { return bitmap::IncludesAll64(b, a); }));
}
CDP_FUNCTION(cdp_rb64_intersect) { PG_RETURN_BOOL(AskTwo(fcinfo, bitmap::Intersects64)); }
CDP_FUNCTION(cdp_rb64_equals) { PG_RETURN_BOOL(AskTwo(fcinfo, bitmap::Equal64)); }
CDP_FUNCTION(cdp_rb64_not_equals) { PG_RETURN_BOOL(!AskTwo(fcinfo, bitmap::Equal64)); }

CDP_FUNCTION(cdp_rb64_min) {
  std::uint64_t value = 0;
  const bool exists =
      AskFirstBucket(fcinfo, [&value](auto from) { return bitmap::Min64(from, &value); });
  if (!exists) PG_RETURN_NULL();
  PG_RETURN_INT64(static_cast<std::int64_t>(value));
}

CDP_FUNCTION(cdp_rb64_max) {
  const Bytes bytes = KeptBitmap64Argument(fcinfo, 0);
  std::uint64_t value = 0;
  if (!CallCore([&] { return bitmap::Max64(bytes, &value); })) PG_RETURN_NULL();
  PG_RETURN_INT64(static_cast<std::int64_t>(value));
}

CDP_FUNCTION(cdp_rb64_rank) {
  const Bytes bytes = KeptBitmap64Argument(fcinfo, 0);
  const std::uint64_t value = ValueArgument(fcinfo, 1);
  PG_RETURN_INT64(CallCore([=] { return bitmap::Rank64(bytes, value); }));
}

CDP_FUNCTION(cdp_rb64_index) {
  const Bytes bytes = KeptBitmap64Argument(fcinfo, 0);
  const std::uint64_t value = ValueArgument(fcinfo, 1);
  PG_RETURN_INT64(CallCore([=] { return bitmap::Index64(bytes, value); }));
}

CDP_FUNCTION(cdp_rb64_range_cardinality) {
  const Bytes bytes = KeptBitmap64Argument(fcinfo, 0);
  const bitmap::Range64 range = bitmap::RangeOf(ValueArgument(fcinfo, 1), ValueArgument(fcinfo, 2));
  PG_RETURN_INT64(CallCore([=] { return bitmap::RangeCardinality64(bytes, range); }));
}

}  // namespace cdp::pg
