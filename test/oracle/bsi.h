/// The plain definition of a bit-sliced index, a std::map, and what is asked of it, one id after
/// the other.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "oracle/bitmap.h"

namespace cdp::oracle {

using ValueMap = std::map<std::uint32_t, std::int64_t>;
__extension__ using Int128 = __int128;

/// The bytes by the letter of the format.
inline std::vector<std::byte> BsiImage(const ValueMap& map) {
  std::int64_t least = 0;
  std::int64_t greatest = 0;
  Set ids;
  for (const auto& [id, value] : map) {
    least = ids.empty() ? value : std::min(least, value);
    greatest = ids.empty() ? value : std::max(greatest, value);
    ids.insert(id);
  }
  const auto distance = [&](std::int64_t value) {
    return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(least);
  };
  std::vector<std::vector<std::byte>> parts = {Portable(ids)};
  for (std::uint64_t left = distance(greatest), bit = 1; left != 0; left >>= 1, bit <<= 1) {
    Set slice;
    for (const auto& [id, value] : map) {
      if ((distance(value) & bit) != 0) slice.insert(id);
    }
    parts.push_back(Portable(slice));
  }
  std::vector<std::byte> out;
  const auto put = [&out](std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::byte>(number >> (8 * i) & 255));
  };
  put(1, 1);
  put(parts.size() - 1, 1);
  put(0, 6);
  put(map.size(), 8);
  put(static_cast<std::uint64_t>(least), 8);
  put(static_cast<std::uint64_t>(greatest), 8);
  for (const auto& part : parts) put(part.size(), 4);
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

inline ValueMap Only(const ValueMap& map, const Set& ids) {
  ValueMap result;
  for (const auto& entry : map) {
    if (ids.count(entry.first) != 0) result.insert(entry);
  }
  return result;
}

inline ValueMap Added(const ValueMap& a, const ValueMap& b) {
  ValueMap result = a;
  for (const auto& [id, value] : b) result[id] += value;
  return result;
}

inline Int128 SumOf(const ValueMap& map) {
  Int128 sum = 0;
  for (const auto& entry : map) sum += entry.second;
  return sum;
}

template <class Test>
Set Whose(const ValueMap& map, Test test) {
  Set result;
  for (const auto& [id, value] : map) {
    if (test(value)) result.insert(id);
  }
  return result;
}

/// Ids by value, then by themselves.
inline std::vector<std::pair<std::int64_t, std::uint32_t>> Ranked(const ValueMap& map,
                                                                  bool greatest_first) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> list;
  for (const auto& [id, value] : map) list.emplace_back(value, id);
  std::stable_sort(list.begin(), list.end(), [greatest_first](const auto& a, const auto& b) {
    return greatest_first ? a.first > b.first : a.first < b.first;
  });
  return list;
}

/// Ids `from` to before `end` of them.
inline Set Cut(const std::vector<std::pair<std::int64_t, std::uint32_t>>& ranked, std::size_t from,
               std::size_t end) {
  Set result;
  for (std::size_t i = from; i < std::min(end, ranked.size()); ++i) result.insert(ranked[i].second);
  return result;
}

inline std::optional<std::int64_t> Quantile(const ValueMap& map, double share) {
  if (map.empty()) return std::nullopt;
  const auto ranked = Ranked(map, false);
  const double place = std::ceil(share * static_cast<double>(ranked.size()));
  return ranked[place < 1 ? 0 : static_cast<std::size_t>(place) - 1].first;
}

/// Values near zero, far from it, equal, and at the ends of the range, for ids in several
/// containers.
inline ValueMap RandomValues(std::mt19937_64& rng, bool may_be_extreme = true) {
  static constexpr std::uint32_t kKeys[] = {0, 1, 15, 0x7fff, 0x8000, 0xffff};
  ValueMap map;
  const std::uint64_t kind = rng() % (may_be_extreme ? 7 : 5);
  const auto value = [&]() -> std::int64_t {
    const auto number = static_cast<std::int64_t>(rng());
    switch (kind) {
      case 0:
        return 7;
      case 1:
        return number % 5;
      case 2:
        return number % 1000;
      case 3:
        return 1'700'000'000 + number % 3600;
      case 4:
        return -1'000'000 - (number & 0xffff);
      case 5:
        return number;
      default:
        return rng() % 2 == 0 ? INT64_MIN : INT64_MAX;
    }
  };
  const std::uint64_t size = rng() % 8 == 0 ? 1500 + rng() % 4500 : rng() % 60;
  for (const std::uint32_t key : kKeys) {
    if (rng() % 2 == 0) continue;
    const bool is_dense = rng() % 2 == 0;
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto low = static_cast<std::uint32_t>(is_dense ? i : rng() & 0xffff);
      map[key << 16 | low] = value();
    }
  }
  return map;
}

}  // namespace cdp::oracle
