/// What a timeline means, said slowly: a sorted list of events, and its image byte by byte as
/// docs/formats.md words it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace cdp::oracle {

using Events = std::vector<std::pair<std::int64_t, std::int32_t>>;

inline Events Sorted(Events events) {
  std::sort(events.begin(), events.end());
  return events;
}

inline Events Slice(const Events& events, std::int64_t from, std::int64_t to) {
  Events kept;
  for (const auto& event : events) {
    if (event.first >= from && event.first < to) kept.push_back(event);
  }
  return kept;
}

inline Events Merge(Events a, const Events& b) {
  a.insert(a.end(), b.begin(), b.end());
  return Sorted(std::move(a));
}

inline void AppendBytes(std::vector<std::byte>* out, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out->push_back(static_cast<std::byte>(number >> (8 * i)));
}

inline int BytesOfNumber(std::uint64_t number) {
  int bytes = 1;
  while (bytes < 8 && number >> (8 * bytes) != 0) ++bytes;
  return bytes;
}

/// The image of sorted events.
inline std::vector<std::byte> Image(const Events& events) {
  const std::vector<std::uint64_t> ticks = {1, 1000, 1000000};
  const std::vector<std::vector<int>> sets = {{1, 2, 3, 4}, {1, 3, 4, 8}, {1, 4, 5, 8}};

  std::vector<std::uint64_t> deltas;
  std::uint64_t code_bits = 0;
  int width = 1;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > 0) {
      deltas.push_back(static_cast<std::uint64_t>(events[i].first) -
                       static_cast<std::uint64_t>(events[i - 1].first));
    }
    code_bits |= std::uint64_t{1} << (events[i].second % 64);
    if (events[i].second > 0xffff) width = 4;
    if (events[i].second > 0xff && width == 1) width = 2;
  }
  int tick = 2;
  for (const std::uint64_t delta : deltas) {
    while (delta % ticks[tick] != 0) --tick;
  }
  const auto slot_in = [](const std::vector<int>& set, std::uint64_t number) {
    for (int slot = 0; slot < 4; ++slot) {
      if (set[slot] >= BytesOfNumber(number)) return slot;
    }
    return -1;
  };
  int best_set = -1;
  std::size_t best_total = 0;
  for (int set = 0; set < 3; ++set) {
    std::size_t total = 0;
    bool fits = true;
    for (const std::uint64_t delta : deltas) {
      const int slot = slot_in(sets[set], delta / ticks[tick]);
      fits = fits && slot >= 0;
      if (slot >= 0) total += sets[set][slot];
    }
    if (fits && (best_set < 0 || total < best_total)) {
      best_set = set;
      best_total = total;
    }
  }

  std::vector<std::byte> out;
  AppendBytes(&out, 1, 1);
  AppendBytes(&out, 0, 1);
  AppendBytes(&out, tick + 4 * (width == 1 ? 0 : width == 2 ? 1 : 2) + 16 * best_set, 1);
  AppendBytes(&out, 0, 1);
  AppendBytes(&out, events.size(), 4);
  AppendBytes(&out, events.empty() ? 0 : events.front().first, 8);
  AppendBytes(&out, events.empty() ? 0 : events.back().first, 8);
  AppendBytes(&out, code_bits, 8);
  for (const auto& event : events) AppendBytes(&out, event.second, width);
  for (std::size_t i = 0; i < deltas.size(); i += 4) {
    int control = 0;
    for (std::size_t j = i; j < std::min(i + 4, deltas.size()); ++j) {
      control |= slot_in(sets[best_set], deltas[j] / ticks[tick]) << (2 * (j - i));
    }
    AppendBytes(&out, control, 1);
  }
  for (const std::uint64_t delta : deltas) {
    const std::uint64_t in_ticks = delta / ticks[tick];
    AppendBytes(&out, in_ticks, sets[best_set][slot_in(sets[best_set], in_ticks)]);
  }
  return out;
}

}  // namespace cdp::oracle
