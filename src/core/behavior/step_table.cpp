#include "core/behavior/step_table.h"

#include <string>

namespace cdp::behavior {

void StepTable::Add(std::int32_t code, int step) {
  if (code < 0) {
    throw Error(ErrorCode::kInvalidArgument, "event code " + std::to_string(code) + " is negative");
  }
  const std::uint64_t bit = std::uint64_t{1} << step;
  const auto unsigned_code = static_cast<std::uint32_t>(code);
  code_bits_[step] |= timeline::CodeBit(code);
  if (unsigned_code < kSmallCodes) {
    if (small_[unsigned_code] == 0) AddSmall(static_cast<std::uint8_t>(code), step);
    small_[unsigned_code] |= bit;
    single_ &= small_[unsigned_code] == bit;
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

void StepTable::AddSmall(std::uint8_t code, int step) {
  marks_.Add(code);
  step_of_[code] = static_cast<std::uint8_t>(step);
  std::uint8_t* const end = codes_ + code_ends_[kMaxSteps - 1];
  std::uint8_t* const at = std::find_if(codes_, end, [=, this](std::uint8_t other) {
    return step_of_[other] > step || (step_of_[other] == step && other > code);
  });
  std::move_backward(at, end, end + 1);
  *at = code;
  for (int later = step; later < kMaxSteps; ++later) ++code_ends_[later];
  ascending_ = std::is_sorted(codes_, end + 1);
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
      codes_.push_back({.code = static_cast<std::uint8_t>(code), .first = i, .end = i});
    }
    codes_.back().end = i + 1;
  }
}

}  // namespace cdp::behavior
