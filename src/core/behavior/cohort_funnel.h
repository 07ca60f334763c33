/// A funnel that knows its users: who reached each step, and how long it took them.
///
/// A value is its bytes (docs/formats.md), read in place by CohortFunnelView; CohortFunnel makes
/// and merges them. "A user reached step k" means: in any row, in any part that was merged. Times
/// to convert are those of all rows, so a user with several rows has several.
#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/behavior/duration_sketch.h"
#include "core/bitmap/bitmap_builder.h"
#include "core/bitmap/bitmap_view.h"

namespace cdp::behavior {

inline constexpr int kMaxFunnelSteps = 64;
/// Up to this step times are kept between any two steps; beyond, from the first step and from the
/// step before.
inline constexpr int kAllPairsUpTo = 16;

inline constexpr std::uint8_t kCohortFunnelVersion = 1;
inline constexpr std::uint8_t kCohortFunnelBuildVersion = 0x81;
/// Flag of a partial state whose number of steps nobody has told: it has as many as were seen.
inline constexpr std::uint8_t kStepsOpen = 1;

/// Whether the time from step a to step b > a is kept.
constexpr bool KeepsTime(int a, int b) { return a == 1 || b == a + 1 || b <= kAllPairsUpTo; }

/// Throws kInvalidArgument unless 1 <= steps <= kMaxFunnelSteps.
void CheckFunnelSteps(int steps);

/// Reads an image in place: never outside its bytes, whatever they are. The bytes must outlive it.
class CohortFunnelView {
 public:
  explicit CohortFunnelView(bitmap::Bytes bytes) : CohortFunnelView(bytes, bytes.size()) {}
  /// Of a value of `size` bytes whose first kMaxFrontBytes, or all if it has fewer, are `front`:
  /// what needs no more can be asked.
  CohortFunnelView(bitmap::Bytes front, std::size_t size);
  static constexpr std::size_t kMaxFrontBytes = 4 + 4 * kMaxFunnelSteps + 8 * 255;

  int steps() const { return steps_; }
  bool steps_open() const { return open_; }
  int times() const { return times_; }

  /// The users who reached step k, 1 <= k <= steps(), as a portable bitmap: not validated.
  bitmap::Bytes Users(int k) const {
    const Range range = UsersRange(k);
    return bytes_.subspan(range.offset, range.size);
  }
  /// Where their bitmap lies in the value; the front is enough.
  struct Range {
    std::size_t offset;
    std::size_t size;
  };
  Range UsersRange(int k) const;
  std::uint64_t Count(int k) const { return bitmap::BitmapView(Users(k)).Cardinality(); }

  struct Time {
    int a;
    int b;
    std::span<const std::byte> sketch;
  };
  /// The i-th pair of steps that has times.
  Time TimeAt(int i) const;
  /// The share-quantile of the time from step a to step b, in microseconds; nothing when nobody
  /// has one. Throws kInvalidArgument for steps that the funnel has not or keeps no time between.
  std::optional<std::uint64_t> TimeToConvert(int a, int b, double share) const;

 private:
  std::uint32_t SizeAt(std::size_t offset) const;

  bitmap::Bytes bytes_;
  int steps_ = 0;
  int times_ = 0;
  bool open_ = false;
};

class CohortFunnel {
 public:
  explicit CohortFunnel(std::pmr::memory_resource* memory)
      : memory_(memory), reached_(memory), sketches_(memory) {}

  /// Fixes the number of steps. Throws kInvalidArgument when it is fixed at another, or more were
  /// seen.
  void Declare(int steps);
  /// Tells of which question the users that follow are an answer; 0: of none that is known. Throws
  /// kInvalidArgument when others were of another. The image does not keep it.
  void Ask(std::uint16_t question);
  /// A user who reached step `level`, 0 to the number of steps. `spans`: from each of these steps
  /// to the next, in microseconds: level - 1 of them, or none at all.
  void Add(std::uint32_t user, int level, std::span<const std::uint64_t> spans);
  /// Takes in a value in either form; what is wrong in it raises an error.
  void Merge(bitmap::Bytes bytes);

  /// Bytes of the image. `sealed`: as a finished value, with a fixed number of steps.
  std::size_t ImageSize(bool sealed);
  /// Writes the image for which ImageSize was asked last.
  void WriteImage(std::byte* out, bool sealed) const;

 private:
  int ImageSteps(bool sealed) const { return sealed && steps_ == 0 ? 1 : steps_; }
  void Widen(int steps);
  void MergeImage(const CohortFunnelView& image);
  void MergeRows(bitmap::Bytes bytes);
  void AddTimes(std::span<const std::uint64_t> spans);
  DurationSketch* Sketch(int a, int b);

  std::pmr::memory_resource* memory_;
  int steps_ = 0;
  bool told_ = false;
  std::uint16_t question_ = 0;
  // reached_[k - 1]: users who reached step k, those of deeper steps not always among them.
  std::pmr::vector<bitmap::BitmapBuilder> reached_;
  std::pmr::vector<DurationSketch> sketches_;  // by b, then a
};

/// The image of bytes from outside in either form: everything is checked, and what is wrong throws
/// an error of kind `code`.
std::pmr::vector<std::byte> CheckedCohortFunnel(bitmap::Bytes bytes, ErrorCode code,
                                                std::pmr::memory_resource* memory);

/// The build form: a header, then rows as they came, in which small states grow.
struct FunnelBuildHeader {
  std::uint8_t version;
  std::uint8_t steps;      ///< 0: nobody has told
  std::uint16_t question;  ///< of a hash; 0: not known
  std::uint32_t used;      ///< bytes of rows; room may follow
};
static_assert(sizeof(FunnelBuildHeader) == 8);

inline bool IsFunnelBuild(bitmap::Bytes bytes) {
  return !bytes.empty() && bytes[0] == std::byte{kCohortFunnelBuildVersion};
}

/// Bytes that WriteFunnelRow takes at most.
constexpr std::size_t MaxFunnelRowBytes(std::size_t spans) { return 5 + 10 * spans; }
/// Writes a row of the build form, 1 <= level <= kMaxFunnelSteps, and returns its end.
std::byte* WriteFunnelRow(std::byte* out, std::uint32_t user, int level,
                          std::span<const std::uint64_t> spans);

}  // namespace cdp::behavior
