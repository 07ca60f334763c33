#include "core/behavior/timeline_funnel.h"

#include <string>

#include "core/base/error.h"
#include "core/base/stop.h"

namespace cdp::behavior {

using timeline::TimeReader;
using timeline::View;

TimelineFunnel::TimelineFunnel(std::span<const std::int32_t> steps, std::uint64_t window,
                               FunnelMode mode)
    : steps_(static_cast<int>(steps.size())), window_(window), mode_(mode) {
  if (steps.empty() || steps.size() > kMaxSteps) {
    throw Error(ErrorCode::kInvalidArgument,
                "funnel has " + std::to_string(steps.size()) + " steps",
                "A funnel has 1 to " + std::to_string(kMaxSteps) + " steps.");
  }
  for (int step = 0; step < steps_; ++step) {
    const std::int32_t code = steps[step];
    if (code < 0) {
      throw Error(ErrorCode::kInvalidArgument,
                  "event code " + std::to_string(code) + " is negative");
    }
    const std::uint64_t bit = std::uint64_t{1} << step;
    const auto unsigned_code = static_cast<std::uint32_t>(code);
    code_bit_[step] = timeline::CodeBit(code);
    if (unsigned_code < kSmallCodes) {
      small_[unsigned_code] |= bit;
      continue;
    }
    LargeCode* const end = large_ + large_count_;
    LargeCode* at = std::find_if(
        large_, end, [unsigned_code](const LargeCode& l) { return l.code >= unsigned_code; });
    if (at == end || at->code != unsigned_code) {
      std::move_backward(at, end, end + 1);
      *at = {unsigned_code, 0};
      ++large_count_;
    }
    at->fills |= bit;
  }
}

std::uint64_t TimelineFunnel::FillsOfLarge(std::uint32_t code) const {
  const LargeCode* const end = large_ + large_count_;
  const LargeCode* at = std::lower_bound(
      large_, end, code, [](const LargeCode& l, std::uint32_t wanted) { return l.code < wanted; });
  return at != end && at->code == code ? at->fills : 0;
}

template <class Code, class Scan>
int TimelineFunnel::ScanCodes(const View& view, Scan& scan) const {
  TimeReader times(view);
  StopTicker ticker;
  Micros at[TimeReader::kRoom];
  const std::byte* codes = view.codes();
  while (const std::size_t n = times.Next(at)) {
    for (std::size_t i = 0; i < n; ++i, codes += sizeof(Code)) {
      Code code;
      std::memcpy(&code, codes, sizeof(Code));
      const std::uint64_t fills = Fills(static_cast<std::int32_t>(code));
      // What fills no step matters only where nothing may come in between.
      if (fills == 0 && !mode_.order) continue;
      if (scan.Feed(at[i], fills)) return scan.Finish();
    }
    ticker.Step(static_cast<std::uint32_t>(n));
  }
  return scan.Finish();
}

int TimelineFunnel::Depth(const View& view) const {
  // No deeper than the first step whose code the timeline lacks for sure.
  int reach = 0;
  while (reach < steps_ && (view.code_bits() & code_bit_[reach]) != 0) ++reach;
  if (reach == 0) return 0;
  return WithScan(mode_, reach, window_, [&](auto& scan) {
    switch (view.shape().width_log2) {
      case 0:
        return ScanCodes<std::uint8_t>(view, scan);
      case 1:
        return ScanCodes<std::uint16_t>(view, scan);
      default:
        return ScanCodes<std::int32_t>(view, scan);
    }
  });
}

}  // namespace cdp::behavior
