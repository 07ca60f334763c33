/// The plain definition of a 64-bit bitmap, a std::set, and inputs with every kind of bucket.
#pragma once

#include "oracle/bitmap.h"

namespace cdp::oracle {

using Set64 = std::set<std::uint64_t>;
using Values64 = std::vector<std::uint64_t>;

inline constexpr std::uint64_t kEdges64[] = {0,
                                             1,
                                             0xffff,
                                             0x10000,
                                             0x7fffffff,
                                             0x80000000,
                                             0xffffffff,
                                             0x100000000,
                                             0x100000001,
                                             0x7fffffffffffffff,
                                             0x8000000000000000,
                                             0xffffffff7fffffff,
                                             0xffffffff80000000,
                                             0xfffffffffffffffe,
                                             0xffffffffffffffff};

/// A number near an edge, near a value of the set, or anywhere.
inline std::uint64_t RandomPoint(const Set64& set, std::mt19937_64& rng) {
  const std::uint64_t near = rng() % 5 - 2;
  switch (rng() % 4) {
    case 0:
      return rng() >> rng() % 64;
    case 1: {
      const auto at = set.lower_bound(rng() >> rng() % 64);
      return at == set.end() ? 0 : *at + near;
    }
    default:
      return kEdges64[rng() % std::size(kEdges64)] + near;
  }
}

/// A few buckets with containers of all kinds, and single values at the edges.
inline Set64 RandomSet64(std::mt19937_64& rng) {
  static constexpr std::uint64_t kHighs[] = {0, 1, 2, 77, 0x7fffffff, 0x80000000, 0xffffffff};
  Set64 set;
  for (const std::uint64_t high : kHighs) {
    if (rng() % 3 != 0) continue;
    for (const std::uint32_t low : RandomSet(rng)) set.insert(set.end(), high << 32 | low);
  }
  for (const std::uint64_t edge : kEdges64) {
    if (rng() % 4 == 0) set.insert(edge);
  }
  for (std::uint64_t sparse = rng() % 200; sparse > 0; --sparse) set.insert(rng() >> rng() % 40);
  return set;
}

/// Portable bytes by the letter of the format; `portable(set)` gives those of a bucket.
template <class Portable32>
std::vector<std::byte> Portable64By(const Set64& set, Portable32 portable) {
  std::map<std::uint32_t, Set> buckets;
  for (const std::uint64_t value : set) {
    Set& bucket = buckets[static_cast<std::uint32_t>(value >> 32)];
    bucket.insert(bucket.end(), static_cast<std::uint32_t>(value));
  }
  std::vector<std::byte> out;
  const auto put = [&out](std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::byte>(number >> (8 * i) & 255));
  };
  put(buckets.size(), 8);
  for (const auto& [high, lows] : buckets) {
    put(high, 4);
    const auto bitmap = portable(lows);
    out.insert(out.end(), bitmap.begin(), bitmap.end());
  }
  return out;
}

inline std::vector<std::byte> Portable64(const Set64& set, std::mt19937_64& rng) {
  return Portable64By(set, [&rng](const Set& lows) { return RandomPortable(lows, rng); });
}

inline std::vector<std::byte> SwiftPortable64(const Set64& set) {
  return Portable64By(set, SwiftPortable);
}

}  // namespace cdp::oracle
