#include "core/behavior/step_table.h"

namespace cdp::behavior {

void StepTable::Add(std::int32_t code, int step) {
  if (code < 0) {
    throw Error(ErrorCode::kInvalidArgument, "event code " + std::to_string(code) + " is negative");
  }
  const std::uint64_t bit = std::uint64_t{1} << step;
  const auto unsigned_code = static_cast<std::uint32_t>(code);
  code_bits_[step] |= timeline::CodeBit(code);
  steps_ = std::max(steps_, step + 1);
  if (unsigned_code < kSmallCodes) {
    single_ &= small_[unsigned_code] == 0 || small_[unsigned_code] == bit;
    small_[unsigned_code] |= bit;
    step_of_[unsigned_code] = static_cast<std::uint8_t>(step);
    marks_.Add(static_cast<std::uint8_t>(code));
    return;
  }
  LargeCode* const end = large_ + large_count_;
  LargeCode* at = std::find_if(
      large_, end, [unsigned_code](const LargeCode& l) { return l.code >= unsigned_code; });
  if (at == end || at->code != unsigned_code) {
    if (large_count_ == kMaxStepEvents) {
      throw Error(ErrorCode::kInternal, "table of funnel steps has too many codes");
    }
    std::move_backward(at, end, end + 1);
    *at = {unsigned_code, 0};
    ++large_count_;
  }
  at->fills |= bit;
}

std::uint64_t StepTable::FillsOfLarge(std::uint32_t code) const {
  const LargeCode* const end = large_ + large_count_;
  const LargeCode* at = std::lower_bound(
      large_, end, code, [](const LargeCode& l, std::uint32_t wanted) { return l.code < wanted; });
  return at != end && at->code == code ? at->fills : 0;
}

StepFilter::StepFilter(const FunnelSteps& steps, std::pmr::memory_resource* memory)
    : conditions_(&steps.conditions), codes_(memory), guards_(memory) {
  for (const StepEvent& event : steps.events) {
    if (event.condition < 0) continue;
    const bool always =
        std::any_of(steps.events.begin(), steps.events.end(), [&event](const StepEvent& other) {
          return other.code == event.code && other.bit == event.bit && other.condition < 0;
        });
    if (always) continue;
    guards_.push_back({event.code, event.bit, event.condition});
    guarded_ |= std::uint64_t{1} << event.bit;
  }
  std::sort(guards_.begin(), guards_.end(),
            [](const Guard& a, const Guard& b) { return a.code < b.code; });
  for (std::size_t i = 0; i < guards_.size() && guards_[i].code < 256; ++i) {
    const std::int32_t code = guards_[i].code;
    if (i == 0 || code != guards_[i - 1].code) {
      codes_.push_back({.marks = {}, .code_bit = timeline::CodeBit(code), .first = i, .end = i});
      codes_.back().marks.Add(static_cast<std::uint8_t>(code));
    }
    codes_.back().end = i + 1;
  }
}

}  // namespace cdp::behavior
