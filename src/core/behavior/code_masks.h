/// Which of up to 64 conditions an event fills, told by its code.
#pragma once

#include <algorithm>
#include <memory_resource>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/timeline/timeline_format.h"

namespace cdp::behavior {

class CodeMasks {
 public:
  explicit CodeMasks(std::pmr::memory_resource* memory) : large_(memory) {}

  /// Says that events with this code fill a condition, counted from 0. Throws kInvalidArgument for
  /// a negative code.
  void Add(std::int32_t code, int condition) {
    if (code < 0) {
      throw Error(ErrorCode::kInvalidArgument,
                  "event code " + std::to_string(code) + " is negative");
    }
    const std::uint64_t bit = std::uint64_t{1} << condition;
    code_bits_[condition] |= timeline::CodeBit(code);
    if (static_cast<std::uint32_t>(code) < kSmall) {
      small_[code] |= bit;
      return;
    }
    const auto at = std::ranges::lower_bound(large_, code, {}, &Large::code);
    if (at != large_.end() && at->code == code) {
      at->mask |= bit;
    } else {
      large_.insert(at, {code, bit});
    }
  }

  /// The conditions that an event with this code fills.
  std::uint64_t Of(std::int32_t code) const {
    if (static_cast<std::uint32_t>(code) < kSmall) return small_[code];
    const auto at = std::ranges::lower_bound(large_, code, {}, &Large::code);
    return at != large_.end() && at->code == code ? at->mask : 0;
  }

  /// CodeBit of every code that fills one of these conditions: a timeline without any of the bits
  /// (View::code_bits) has no such event.
  std::uint64_t CodeBitsOf(std::uint64_t conditions) const {
    std::uint64_t bits = 0;
    for (int i = 0; i < kConditions; ++i) bits |= (conditions >> i & 1) != 0 ? code_bits_[i] : 0;
    return bits;
  }

 private:
  static constexpr int kConditions = 64;
  static constexpr std::uint32_t kSmall = 256;
  struct Large {
    std::int32_t code;
    std::uint64_t mask;
  };

  std::uint64_t code_bits_[kConditions] = {};
  std::uint64_t small_[kSmall] = {};
  std::pmr::vector<Large> large_;  ///< ascending
};

}  // namespace cdp::behavior
