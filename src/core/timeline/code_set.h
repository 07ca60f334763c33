/// Some event codes, asked of every event.
#pragma once

#include <algorithm>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/timeline/code_marks.h"
#include "core/timeline/timeline_format.h"

namespace cdp::timeline {

class CodeSet {
 public:
  /// Codes in any order, repeated or not. Throws kInvalidArgument for a negative one.
  CodeSet(std::span<const std::int32_t> codes, std::pmr::memory_resource* memory) : large_(memory) {
    for (const std::int32_t code : codes) {
      if (code < 0) {
        throw Error(ErrorCode::kInvalidArgument,
                    "event code " + std::to_string(code) + " is negative");
      }
      code_bits_ |= CodeBit(code);
      if (static_cast<std::uint32_t>(code) < kSmall) {
        small_[code] = true;
        marks_.Add(static_cast<std::uint8_t>(code));
      } else {
        large_.push_back(code);
      }
    }
    std::sort(large_.begin(), large_.end());
  }

  bool Has(std::int32_t code) const {
    if (static_cast<std::uint32_t>(code) < kSmall) return small_[code];
    return std::binary_search(large_.begin(), large_.end(), code);
  }

  /// Those below 256.
  const CodeMarks& marks() const { return marks_; }

  /// False when a timeline whose codes have these bits (View::code_bits) has no event of the set.
  bool MayMeet(std::uint64_t code_bits) const { return (code_bits & code_bits_) != 0; }

 private:
  static constexpr std::uint32_t kSmall = 256;

  std::uint64_t code_bits_ = 0;
  CodeMarks marks_;
  bool small_[kSmall] = {};
  std::pmr::vector<std::int32_t> large_;  ///< ascending
};

}  // namespace cdp::timeline
