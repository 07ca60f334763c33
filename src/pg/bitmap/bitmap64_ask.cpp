/// Functions of roaringbitmap64 that answer by a number or by yes and no, all read in place.

#include "core/bitmap/bitmap64_directory.h"
#include "core/bitmap/bitmap64_order.h"
#include "core/bitmap/bitmap64_set.h"
#include "core/bitmap/build_state.h"
#include "pg/base/kept_value.h"
#include "pg/bitmap/bitmap64_datum.h"

namespace cdp::pg {
namespace {

using bitmap::Bitmap64Directory;
using bitmap::BitmapSource;
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

// Of each bucket the header is read, and little more: at the price of a few rows of the TOAST
// table.
bool FewBuckets(const StoredValue& stored, std::span<const std::byte> front) {
  constexpr std::uint64_t kWorthAHeader = 64 << 10;
  const auto buckets = bitmap::LoadAt<std::uint64_t>(front.data());
  return buckets <= 1 || buckets <= stored.size / kWorthAHeader;
}
// For questions that the first bucket answers.
bool AnyBuckets(const StoredValue&, std::span<const std::byte>) { return true; }

// What `answer` says of the bitmap in argument `n`: of its bytes or of pieces of them. If it can be
// asked of a directory too, it is when the call site comes back to the same bitmap.
template <class Answer>
auto Ask(FunctionCallInfo fcinfo, int n, PiecesPay pay, Answer answer) {
  StoredArgument stored;
  const bool is_stored = ReadStored(fcinfo, n, Need::kPieces, &stored, pay);
  if (!is_stored || bitmap::IsBuildState64(stored.bytes)) {
    const Bytes bytes = Bitmap64Argument(fcinfo, n);
    return CallCore([&] { return answer(BitmapSource(bytes)); });
  }
  if (!stored.whole) {
    return CallCore([&] {
      StoredPieces pieces(stored.stored, stored.bytes);
      return answer(BitmapSource(&pieces));
    });
  }
  if constexpr (std::is_invocable_v<Answer, const Bitmap64Directory&>) {
    if (stored.kept->uses != 0) {
      Directory* directory = DirectoryOf(fcinfo, stored);
      return CallCore([&] {
        return answer(Bitmap64Directory(stored.bytes, {directory->places(), directory->buckets},
                                        directory->cardinality));
      });
    }
  }
  return CallCore([&] { return answer(BitmapSource(stored.bytes)); });
}

// Whether the bitmap in argument `n` has the value in the other argument.
bool Holds(FunctionCallInfo fcinfo, int n) {
  const std::uint64_t value = ValueArgument(fcinfo, 1 - n);
  return Ask(fcinfo, n, FewBuckets,
             [=](const auto& bitmap) { return bitmap::Contains64(bitmap, value); });
}

}  // namespace

CDP_FUNCTION(cdp_rb64_cardinality) {
  PG_RETURN_INT64(
      Ask(fcinfo, 0, FewBuckets, [](const auto& bitmap) { return bitmap::Cardinality64(bitmap); }));
}

CDP_FUNCTION(cdp_rb64_is_empty) {
  StoredValue stored;
  const auto* value = reinterpret_cast<const varlena*>(PG_GETARG_POINTER(0));
  // The pointer to it says that it has more bytes than an empty one.
  if (DescribeStored(value, &stored) && stored.size > bitmap::kEmptyBytes) PG_RETURN_BOOL(false);
  PG_RETURN_BOOL(Ask(fcinfo, 0, AnyBuckets, bitmap::Empty64));
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
  const bool exists = Ask(fcinfo, 0, AnyBuckets, [&value](const BitmapSource& bitmap) {
    return bitmap::Min64(bitmap, &value);
  });
  if (!exists) PG_RETURN_NULL();
  PG_RETURN_INT64(static_cast<std::int64_t>(value));
}

CDP_FUNCTION(cdp_rb64_max) {
  std::uint64_t value = 0;
  const bool exists = Ask(fcinfo, 0, FewBuckets, [&value](const BitmapSource& bitmap) {
    return bitmap::Max64(bitmap, &value);
  });
  if (!exists) PG_RETURN_NULL();
  PG_RETURN_INT64(static_cast<std::int64_t>(value));
}

CDP_FUNCTION(cdp_rb64_rank) {
  const std::uint64_t value = ValueArgument(fcinfo, 1);
  PG_RETURN_INT64(Ask(fcinfo, 0, FewBuckets,
                      [=](const auto& bitmap) { return bitmap::Rank64(bitmap, value); }));
}

CDP_FUNCTION(cdp_rb64_index) {
  const std::uint64_t value = ValueArgument(fcinfo, 1);
  PG_RETURN_INT64(Ask(fcinfo, 0, FewBuckets,
                      [=](const auto& bitmap) { return bitmap::Index64(bitmap, value); }));
}

CDP_FUNCTION(cdp_rb64_range_cardinality) {
  const bitmap::Range64 range = bitmap::RangeOf(ValueArgument(fcinfo, 1), ValueArgument(fcinfo, 2));
  PG_RETURN_INT64(Ask(fcinfo, 0, FewBuckets, [=](const auto& bitmap) {
    return bitmap::RangeCardinality64(bitmap, range);
  }));
}

}  // namespace cdp::pg
