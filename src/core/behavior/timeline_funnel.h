/// A funnel over stored timelines: steps, window and mode prepared once, asked many times.
#pragma once

#include <memory_resource>
#include <span>

#include "core/behavior/funnel_scan.h"
#include "core/timeline/timeline_reader.h"

namespace cdp::behavior {

/// Owns no memory, so it may live wherever bytes live.
class TimelineFunnel {
 public:
  /// `steps` are event codes, 1 to kMaxSteps; a code may stand for several steps. Throws
  /// kInvalidArgument for anything else.
  TimelineFunnel(std::span<const std::int32_t> steps, std::uint64_t window, FunnelMode mode);

  int steps() const { return steps_; }

  /// The number of steps that the timeline's events reach.
  int Depth(const timeline::View& view) const;

  /// The same for several windows, the events being read once; `out` has room for one depth each.
  void Depths(const timeline::View& view, std::span<const std::uint64_t> windows,
              std::pmr::memory_resource* memory, int* out) const;

  /// The depth, and the times of the winning chain (funnel_chain.h); `out` has room for steps().
  int Chain(const timeline::View& view, Micros* out) const;

  /// The same with the times from each step of that chain to the next, one less than the depth, in
  /// microseconds.
  int Spans(const timeline::View& view, std::uint64_t* out) const;

 private:
  /// The steps that an event with this code fills.
  std::uint64_t Fills(std::int32_t code) const {
    const auto unsigned_code = static_cast<std::uint32_t>(code);
    return unsigned_code < kSmallCodes ? small_[unsigned_code] : FillsOfLarge(unsigned_code);
  }
  std::uint64_t FillsOfLarge(std::uint32_t code) const;

  /// An event that matters.
  struct Hit {
    Micros at;
    std::uint64_t fills;
  };

  /// No deeper than the first step whose code the timeline lacks for sure.
  int Reach(const timeline::View& view) const;

  /// Whether an event fills the first step: for who cannot reach another, in any mode the depth.
  bool HasFirst(const timeline::View& view) const;

  /// Calls use(count) for each block of events, in order, until it returns true. The block's hits
  /// are written at `hits`, which has room for TimeReader::kBlock.
  template <class Use>
  void ForEachBlock(const timeline::View& view, Hit* hits, Use&& use) const;

  static constexpr std::uint32_t kSmallCodes = 256;
  struct LargeCode {
    std::uint32_t code;
    std::uint64_t fills;
  };

  int steps_;
  int large_count_ = 0;
  std::uint64_t window_;
  FunnelMode mode_;
  std::uint64_t code_bit_[kMaxSteps];  ///< CodeBit of each step
  std::uint64_t small_[kSmallCodes] = {};
  LargeCode large_[kMaxSteps];  ///< sorted by code
};

}  // namespace cdp::behavior
