#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace cdp::demo {

/// A bijection of 64-bit numbers (the finaliser of splitmix64): only equal inputs give equal
/// outputs.
constexpr std::uint64_t Mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Draws from xoshiro256**, with whole numbers only: std:: distributions and floating-point
/// functions differ between libraries, and a seed must give the same bytes on every machine.
/// Each `stream` of a seed is a sequence of its own. For the same reason no expression draws twice:
/// the order in which arguments and operands are evaluated is the compiler's choice.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t x = Mix64(seed) ^ Mix64(~stream);
    for (auto& word : state_) word = x = Mix64(x);
  }

  std::uint64_t Next() {
    const std::uint64_t result = Rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = Rotate(state_[3], 45);
    return result;
  }

  /// Uniform in [0, n); n > 0. Rejects the uneven rest, so that no value is favoured.
  std::uint32_t Below(std::uint32_t n) {
    const std::uint32_t uneven = (0U - n) % n;
    for (;;) {
      const std::uint64_t product = (Next() >> 32) * n;
      if (static_cast<std::uint32_t>(product) >= uneven) {
        return static_cast<std::uint32_t>(product >> 32);
      }
    }
  }

  /// Uniform in [low, high], both included.
  int Between(int low, int high) {
    return low + static_cast<int>(Below(static_cast<std::uint32_t>(high - low + 1)));
  }

  bool Percent(int chance) { return static_cast<int>(Below(100)) < chance; }
  bool PerMille(int chance) { return static_cast<int>(Below(1000)) < chance; }

  /// Index drawn in proportion to `weights` (an array or vector of whole numbers).
  template <typename Weights>
  std::size_t Weighted(const Weights& weights) {
    int total = 0;
    for (int weight : weights) total += weight;
    int left = static_cast<int>(Below(static_cast<std::uint32_t>(total)));
    std::size_t i = 0;
    while (left >= weights[i]) left -= weights[i++];
    return i;
  }

  template <typename T>
  const T& Pick(const std::vector<T>& choices) {
    return choices[Below(static_cast<std::uint32_t>(choices.size()))];
  }

  template <typename T>
  void Shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[Below(static_cast<std::uint32_t>(i))]);
    }
  }

 private:
  static std::uint64_t Rotate(std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

  std::uint64_t state_[4];
};

}  // namespace cdp::demo
