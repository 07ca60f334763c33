#include "core/behavior/retention.h"

#include <string>

namespace cdp::behavior {

Retention Retention::Unpack(std::int64_t packed) {
  const std::int64_t conditions = packed >> 32;
  const auto held = static_cast<std::uint32_t>(packed);
  if (conditions < 1 || conditions > kMaxConditions ||
      (conditions < kMaxConditions && held >> conditions != 0)) {
    throw Error(ErrorCode::kCorruptData, "retention state is corrupt");
  }
  return {static_cast<int>(conditions), held};
}

void Retention::Merge(const Retention& other) {
  if (other.conditions_ != conditions_) {
    throw Error(ErrorCode::kInvalidArgument,
                "the number of conditions must be the same for all rows of a group",
                "There are rows with " + std::to_string(conditions_) + " and with " +
                    std::to_string(other.conditions_) + " conditions.");
  }
  held_ |= other.held_;
}

void Retention::Answer(std::int32_t* out) const {
  const std::uint32_t answer = (held_ & 1) != 0 ? held_ : 0;
  for (int i = 0; i < conditions_; ++i) out[i] = static_cast<std::int32_t>(answer >> i & 1);
}

}  // namespace cdp::behavior
