/// What a timeline means, said slowly: a sorted list of events, and its image byte by byte as
/// docs/formats.md words it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace cdp::oracle {

struct TimelineEvent {
  std::int64_t at = 0;
  std::int32_t code = 0;
  std::optional<std::int64_t> value;
  std::array<std::optional<std::int32_t>, 4> properties;

  friend bool operator==(const TimelineEvent&, const TimelineEvent&) = default;
};

using Events = std::vector<TimelineEvent>;

/// What is absent comes behind what is there.
template <class T>
int Compare(const std::optional<T>& a, const std::optional<T>& b) {
  if (a.has_value() != b.has_value()) return a.has_value() ? -1 : 1;
  if (!a) return 0;
  return *a < *b ? -1 : *b < *a ? 1 : 0;
}

inline bool Before(const TimelineEvent& a, const TimelineEvent& b) {
  if (a.at != b.at) return a.at < b.at;
  if (a.code != b.code) return a.code < b.code;
  if (const int order = Compare(a.value, b.value); order != 0) return order < 0;
  for (int i = 0; i < 4; ++i) {
    if (const int order = Compare(a.properties[i], b.properties[i]); order != 0) return order < 0;
  }
  return false;
}

inline Events Sorted(Events events) {
  std::sort(events.begin(), events.end(), Before);
  return events;
}

inline Events Slice(const Events& events, std::int64_t from, std::int64_t to) {
  Events kept;
  for (const auto& event : events) {
    if (event.at >= from && event.at < to) kept.push_back(event);
  }
  return kept;
}

inline Events Merge(Events a, const Events& b) {
  a.insert(a.end(), b.begin(), b.end());
  return Sorted(std::move(a));
}

/// Exact duplicates once.
inline Events Distinct(const Events& sorted) {
  Events once;
  for (const auto& event : sorted) {
    if (once.empty() || !(once.back() == event)) once.push_back(event);
  }
  return once;
}

using Bytes = std::vector<std::byte>;

inline void AppendBytes(Bytes* out, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out->push_back(static_cast<std::byte>(number >> (8 * i)));
}

inline void Append(Bytes* out, const Bytes& bytes) {
  out->insert(out->end(), bytes.begin(), bytes.end());
}

inline void AppendLeb128(Bytes* out, std::uint64_t number) {
  for (; number >= 128; number /= 128) AppendBytes(out, number % 128 + 128, 1);
  AppendBytes(out, number, 1);
}

inline std::uint64_t Alternating(std::int64_t number) {
  return number >= 0 ? 2 * static_cast<std::uint64_t>(number)
                     : 2 * static_cast<std::uint64_t>(-(number + 1)) + 1;
}

inline int BytesOfNumber(std::uint64_t number) {
  int bytes = 1;
  while (bytes < 8 && number >> (8 * bytes) != 0) ++bytes;
  return bytes;
}

/// Controls and bytes of numbers in groups of four, and the length set they have.
inline std::pair<int, Bytes> Groups(const std::vector<std::uint64_t>& numbers) {
  const std::vector<std::vector<int>> sets = {{1, 2, 3, 4}, {1, 3, 4, 8}, {1, 4, 5, 8}};
  const auto slot_in = [&sets](int set, std::uint64_t number) {
    for (int slot = 0; slot < 4; ++slot) {
      if (sets[set][slot] >= BytesOfNumber(number)) return slot;
    }
    return -1;
  };
  int best_set = -1;
  std::size_t best_total = 0;
  for (int set = 0; set < 3; ++set) {
    std::size_t total = 0;
    bool fits = true;
    for (const std::uint64_t number : numbers) {
      const int slot = slot_in(set, number);
      fits = fits && slot >= 0;
      if (slot >= 0) total += sets[set][slot];
    }
    if (fits && (best_set < 0 || total < best_total)) {
      best_set = set;
      best_total = total;
    }
  }
  Bytes out;
  for (std::size_t i = 0; i < numbers.size(); i += 4) {
    int control = 0;
    for (std::size_t j = i; j < std::min(i + 4, numbers.size()); ++j) {
      control |= slot_in(best_set, numbers[j]) << (2 * (j - i));
    }
    AppendBytes(&out, control, 1);
  }
  for (const std::uint64_t number : numbers) {
    AppendBytes(&out, number, sets[best_set][slot_in(best_set, number)]);
  }
  return {best_set, out};
}

/// `bits` bits a number, the lowest first; what is left of the last byte is zero.
inline Bytes Packed(const std::vector<std::uint64_t>& numbers, int bits) {
  std::vector<bool> all;
  for (const std::uint64_t number : numbers) {
    for (int bit = 0; bit < bits; ++bit) all.push_back((number >> bit & 1) != 0);
  }
  Bytes out((all.size() + 7) / 8);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i]) out[i / 8] |= static_cast<std::byte>(1 << (i % 8));
  }
  return out;
}

inline Bytes ValueColumn(const Events& events) {
  std::vector<std::uint64_t> numbers, present;
  for (const auto& event : events) {
    present.push_back(event.value ? 1 : 0);
    if (event.value) numbers.push_back(Alternating(*event.value));
  }
  if (numbers.empty()) return {};
  const auto [set, groups] = Groups(numbers);
  Bytes out;
  const bool sparse = numbers.size() < events.size();
  AppendBytes(&out, set + (sparse ? 4 : 0), 1);
  if (sparse) Append(&out, Packed(present, 1));
  Append(&out, groups);
  return out;
}

inline Bytes PropertyColumn(const Events& events, int which) {
  std::set<std::int32_t> distinct;
  bool absent = false;
  for (const auto& event : events) {
    const auto& property = event.properties[which];
    if (property) {
      distinct.insert(*property);
    } else {
      absent = true;
    }
  }
  if (distinct.empty()) return {};
  const std::vector<std::int32_t> entries(distinct.begin(), distinct.end());
  const std::vector<int> widths = {0, 1, 2, 4, 8, 16, 32};
  const auto width_of = [&](std::uint64_t symbols) {
    int width = 0;
    while (width < 7 && symbols > std::uint64_t{1} << widths[width]) ++width;
    return width;
  };
  const auto column = [&](bool dictionary) {
    const std::int64_t range = std::int64_t{entries.back()} - entries.front() + 1;
    const int width = width_of((dictionary ? entries.size() : range) + (absent ? 1 : 0));
    Bytes out;
    if (width == 7) return out;
    AppendBytes(&out, width + (absent ? 8 : 0) + (dictionary ? 16 : 0), 1);
    if (dictionary) {
      AppendLeb128(&out, entries.size());
      for (const std::int32_t entry : entries) AppendBytes(&out, entry, 4);
    } else {
      AppendLeb128(&out, Alternating(entries.front()));
    }
    std::vector<std::uint64_t> symbols;
    for (const auto& event : events) {
      const auto& property = event.properties[which];
      std::uint64_t symbol = 0;
      if (property) {
        symbol = dictionary
                     ? std::lower_bound(entries.begin(), entries.end(), *property) - entries.begin()
                     : std::int64_t{*property} - entries.front();
        symbol += absent ? 1 : 0;
      }
      symbols.push_back(symbol);
    }
    Append(&out, Packed(symbols, widths[width]));
    return out;
  };
  const Bytes from_base = column(false);
  // Symbols of half a byte or less are never worth a dictionary.
  if (!from_base.empty() && (static_cast<int>(from_base[0]) & 7) <= 3) return from_base;
  const Bytes from_dictionary = column(true);
  return from_base.empty() || from_dictionary.size() < from_base.size() ? from_dictionary
                                                                        : from_base;
}

/// The image of sorted events.
inline Bytes Image(const Events& events) {
  const std::vector<std::uint64_t> ticks = {1, 1000, 1000000};
  std::vector<std::uint64_t> deltas;
  std::uint64_t code_bits = 0;
  int width = 1;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > 0) {
      deltas.push_back(static_cast<std::uint64_t>(events[i].at) -
                       static_cast<std::uint64_t>(events[i - 1].at));
    }
    code_bits |= std::uint64_t{1} << (events[i].code % 64);
    if (events[i].code > 0xffff) width = 4;
    if (events[i].code > 0xff && width == 1) width = 2;
  }
  int tick = 2;
  for (const std::uint64_t delta : deltas) {
    while (delta % ticks[tick] != 0) --tick;
  }
  for (std::uint64_t& delta : deltas) delta /= ticks[tick];
  const auto [set, groups] = Groups(deltas);
  std::vector<Bytes> columns = {ValueColumn(events)};
  for (int which = 0; which < 4; ++which) columns.push_back(PropertyColumn(events, which));
  int flags = 0;
  for (int i = 0; i < 5; ++i) flags |= columns[i].empty() ? 0 : 1 << i;

  Bytes out;
  AppendBytes(&out, 1, 1);
  AppendBytes(&out, flags, 1);
  AppendBytes(&out, tick + 4 * (width == 1 ? 0 : width == 2 ? 1 : 2) + 16 * set, 1);
  AppendBytes(&out, 0, 1);
  AppendBytes(&out, events.size(), 4);
  AppendBytes(&out, events.empty() ? 0 : events.front().at, 8);
  AppendBytes(&out, events.empty() ? 0 : events.back().at, 8);
  AppendBytes(&out, code_bits, 8);
  for (const Bytes& column : columns) {
    if (!column.empty()) AppendLeb128(&out, column.size());
  }
  for (const auto& event : events) AppendBytes(&out, event.code, width);
  Append(&out, groups);
  for (const Bytes& column : columns) Append(&out, column);
  return out;
}

}  // namespace cdp::oracle
