/// The plain definition of a bitmap, a std::set, and the inputs that try every kind of container.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace cdp::oracle {

using Set = std::set<std::uint32_t>;
using Values = std::vector<std::uint32_t>;

inline Set And(const Set& a, const Set& b) {
  Set result;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(),
                        std::inserter(result, result.end()));
  return result;
}
inline Set Or(const Set& a, const Set& b) {
  Set result = a;
  result.insert(b.begin(), b.end());
  return result;
}
inline Set AndNot(const Set& a, const Set& b) {
  Set result;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(result, result.end()));
  return result;
}
inline Set Xor(const Set& a, const Set& b) { return Or(AndNot(a, b), AndNot(b, a)); }
inline bool Includes(const Set& whole, const Set& part) {
  return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

/// Portable bytes by the letter of the format: a container is written as runs when `run_of(key)`
/// says so, else as an array or a bitset.
template <class RunOf>
std::vector<std::byte> Portable(const Set& set, RunOf run_of) {
  struct Chunk {
    std::uint32_t key;
    std::vector<std::uint32_t> lows;
    bool run;
  };
  std::vector<Chunk> chunks;
  bool any_run = false;
  for (const std::uint32_t value : set) {
    const std::uint32_t key = value >> 16;
    if (chunks.empty() || chunks.back().key != key) {
      chunks.push_back({key, {}, run_of(key)});
      any_run = any_run || chunks.back().run;
    }
    chunks.back().lows.push_back(value & 0xffff);
  }

  std::vector<std::byte> out;
  const auto put = [&out](std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::byte>(number >> (8 * i) & 255));
  };
  const std::size_t count = chunks.size();
  if (any_run) {
    put(12347 | (count - 1) << 16, 4);
    for (std::size_t i = 0; i < count; i += 8) {
      unsigned flags = 0;
      for (std::size_t k = i; k < std::min(i + 8, count); ++k) flags |= chunks[k].run << (k - i);
      put(flags, 1);
    }
  } else {
    put(12346, 4);
    put(count, 4);
  }
  for (const Chunk& chunk : chunks) {
    put(chunk.key, 2);
    put(chunk.lows.size() - 1, 2);
  }
  const std::size_t offsets = out.size();
  const bool has_offsets = !any_run || count >= 4;
  if (has_offsets) out.resize(out.size() + 4 * count);
  for (std::size_t i = 0; i < count; ++i) {
    const Chunk& chunk = chunks[i];
    for (std::size_t k = 0; has_offsets && k < 4; ++k) {
      out[offsets + 4 * i + k] = static_cast<std::byte>(out.size() >> (8 * k) & 255);
    }
    if (chunk.run) {
      std::vector<std::pair<std::uint32_t, std::uint32_t>> runs;
      for (const std::uint32_t low : chunk.lows) {
        if (!runs.empty() && runs.back().second + 1 == low) {
          runs.back().second = low;
        } else {
          runs.emplace_back(low, low);
        }
      }
      put(runs.size(), 2);
      for (const auto& [first, last] : runs) {
        put(first, 2);
        put(last - first, 2);
      }
    } else if (chunk.lows.size() <= 4096) {
      for (const std::uint32_t low : chunk.lows) put(low, 2);
    } else {
      std::vector<std::uint8_t> bits(8192);
      for (const std::uint32_t low : chunk.lows) bits[low / 8] |= 1u << (low % 8);
      for (const std::uint8_t byte : bits) put(byte, 1);
    }
  }
  return out;
}

inline std::vector<std::byte> Portable(const Set& set) {
  return Portable(set, [](std::uint32_t) { return false; });
}

/// With runs in every container that they shrink to a quarter or less.
inline std::vector<std::byte> SwiftPortable(const Set& set) {
  std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> sizes;  // of each key: values, runs
  for (const std::uint32_t value : set) {
    auto& [values, runs] = sizes[value >> 16];
    ++values;
    if ((value & 0xffff) == 0 || set.count(value - 1) == 0) ++runs;
  }
  return Portable(set, [&sizes](std::uint32_t key) {
    const auto [values, runs] = sizes[key];
    return 4 * (2 + 4 * runs) <= std::min<std::size_t>(2 * values, 8192);
  });
}

/// A set whose containers are of all kinds and sizes, at the ends of the range and inside.
inline Set RandomSet(std::mt19937_64& rng) {
  static constexpr std::uint32_t kKeys[] = {0, 1, 2, 3, 7, 8, 0x7fff, 0x8000, 0xfffe, 0xffff};
  Set set;
  for (const std::uint32_t key : kKeys) {
    const std::uint32_t high = key << 16;
    const auto low = [&rng] { return static_cast<std::uint32_t>(rng() & 0xffff); };
    const auto fill = [&](std::uint32_t count, std::uint32_t first, std::uint32_t step) {
      for (std::uint32_t i = 0; i < count; ++i) set.insert(high | ((first + i * step) & 0xffff));
    };
    switch (rng() % 24) {
      case 0:  // the ends of a container
        set.insert(high);
        set.insert(high | 0xffff);
        break;
      case 1:
        for (int i = 0; i < 20; ++i) set.insert(high | low());
        break;
      case 2:
        for (int i = 0; i < 1500; ++i) set.insert(high | low());
        break;
      case 3:
        for (int i = 0; i < 6000; ++i) set.insert(high | low());
        break;
      case 4:  // the largest array, the smallest bitset
        fill(4096 + rng() % 2, low(), 3);
        break;
      case 5:  // a few long runs
        for (int i = 0; i < 4; ++i) fill(static_cast<std::uint32_t>(rng() % 3000), low(), 1);
        break;
      case 6:  // many short runs
        for (int i = 0; i < 200; ++i) fill(static_cast<std::uint32_t>(rng() % 9), low(), 1);
        break;
      case 7:  // full, or all but one
        for (std::uint32_t i = 0; i < 65536; ++i) set.insert(set.end(), high | i);
        if (rng() % 2 == 0) set.erase(high | low());
        break;
      default:
        break;
    }
  }
  return set;
}

/// Its bytes, with containers written as runs at random, whether that is shorter or not.
inline std::vector<std::byte> RandomPortable(const Set& set, std::mt19937_64& rng) {
  const std::uint64_t coins = rng();
  return Portable(set, [coins](std::uint32_t key) { return (coins >> (key % 61) & 3) == 0; });
}

}  // namespace cdp::oracle
