/// Two ascending lists of runs combined into one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

namespace cdp::bitmap {

/// Steps from border to border. `left(i)` and `right(i)` give run i as its first value and the one
/// behind its last, `keep(in_left, in_right)` says what stays; `body(first, last)` is called for
/// each run of the result, as long as possible.
template <class Left, class Right, class Keep, class Body>
void CombineRunLists(std::uint32_t left_count, Left left, std::uint32_t right_count, Right right,
                     Keep keep, Body body) {
  static constexpr std::uint32_t kNever = ~0u;
  // Border 2 i is the start of run i, border 2 i + 1 its end.
  const auto border = [](auto run, std::uint32_t count, std::uint32_t at) {
    if (at == 2 * count) return kNever;
    const std::pair<std::uint32_t, std::uint32_t> ends = run(at / 2);
    return at % 2 == 0 ? ends.first : ends.second;
  };
  std::uint32_t at_left = 0;
  std::uint32_t at_right = 0;
  std::uint32_t start = kNever;
  while (at_left < 2 * left_count || at_right < 2 * right_count) {
    const std::uint32_t place =
        std::min(border(left, left_count, at_left), border(right, right_count, at_right));
    // Runs that touch have two borders in one place.
    while (border(left, left_count, at_left) == place) ++at_left;
    while (border(right, right_count, at_right) == place) ++at_right;
    const bool is_kept = keep(at_left % 2 != 0, at_right % 2 != 0);
    if (is_kept == (start != kNever)) continue;
    if (!is_kept) body(start, place - 1);
    start = is_kept ? place : kNever;
  }
}

}  // namespace cdp::bitmap
