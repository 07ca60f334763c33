/// Random numbers that are the same on every machine, for choices that can be repeated.
#pragma once

#include <cstdint>

namespace cdp::bitmap {

/// SplitMix64. The standard's distributions differ from one library to the next, and so does the
/// last bit of a logarithm: nothing here is a floating-point number.
class Lot {
 public:
  explicit Lot(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = (state_ ^ state_ >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
  }

  /// Uniform below `bound`, which is not 0.
  std::uint64_t Draw(std::uint64_t bound) {
    constexpr std::uint64_t kSmall = std::uint64_t{1} << 32;
    if (bound <= kSmall) {
      // The smallest values of a product's lower half would come up once too often.
      const std::uint64_t reject_below = kSmall % bound;
      std::uint64_t product = 0;
      do {
        product = (Next() >> 32) * bound;
      } while ((product & 0xffffffff) < reject_below);
      return product >> 32;
    }
    const std::uint64_t reject_below = (0 - bound) % bound;  // 2^64 % bound
    unsigned __int128 product = 0;
    do {
      product = static_cast<unsigned __int128>(Next()) * bound;
    } while (static_cast<std::uint64_t>(product) < reject_below);
    return static_cast<std::uint64_t>(product >> 64);
  }

  /// 64 coins: each bit is set with the probability chance / 2^32, independently of the others.
  std::uint64_t Toss(std::uint32_t chance) {
    // Each bit's random fraction is compared with the chance digit by digit, as long as any is
    // still equal to it; once the rest of the chance is zero, no fraction can be below it any more.
    std::uint64_t heads = 0;
    for (std::uint64_t open = ~std::uint64_t{0}; open != 0 && chance != 0; chance <<= 1) {
      const std::uint64_t digits = Next();
      if (chance >> 31 != 0) {
        heads |= open & ~digits;
        open &= digits;
      } else {
        open &= ~digits;
      }
    }
    return heads;
  }

 private:
  std::uint64_t state_;
};

}  // namespace cdp::bitmap
