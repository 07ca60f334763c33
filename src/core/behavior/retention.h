/// Who came back: the state is one number, the conditions that held in any row and how many of
/// them there are.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/error.h"

namespace cdp::behavior {

class Retention {
 public:
  static constexpr int kMaxConditions = 32;

  /// `conditions`: how many there are; `held`: the set of those that hold.
  Retention(int conditions, std::uint32_t held) : conditions_(conditions), held_(held) {}

  /// The packed form: the set in the low half, the number above. Throws kCorruptData for a number
  /// that Pack() does not make.
  static Retention Unpack(std::int64_t packed);
  std::int64_t Pack() const { return std::int64_t{conditions_} << 32 | held_; }

  /// Throws kInvalidArgument when the numbers of conditions differ.
  void Merge(const Retention& other);

  int conditions() const { return conditions_; }

  /// Writes conditions() numbers: 1 for the first when its condition ever held, 1 for another when
  /// both the first and its own did, else 0.
  void Answer(std::int32_t* out) const;

 private:
  int conditions_;
  std::uint32_t held_;
};

}  // namespace cdp::behavior
