/// What a page of timelines means, said slowly: people and their events, and the page byte by byte
/// as docs/formats.md words it.
#pragma once

#include <map>

#include "oracle/timeline.h"

namespace cdp::oracle {

using Page = std::map<std::uint32_t, Events>;

/// The page of those who have events, the events of each in order.
inline std::vector<std::byte> PageImage(const Page& page) {
  std::vector<std::byte> out;
  const auto put = [&out](std::uint64_t number, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<std::byte>(number >> 8 * i));
  };
  const auto bytes_of = [](std::uint64_t number) {
    std::size_t bytes = 0;
    for (; number != 0; number >>= 8) ++bytes;
    return bytes;
  };
  struct Entry {
    std::uint64_t numbers[6];
    std::vector<std::byte> image;
  };
  std::vector<Entry> entries;
  std::int64_t first = INT64_MAX;
  for (const auto& [person, events] : page) {
    if (!events.empty()) first = std::min(first, events.front().at);
  }
  std::uint64_t tick = 1'000'000;
  std::uint64_t tick_number = 2;
  std::uint32_t first_person = 0;
  std::uint64_t end = 0;
  const auto distance = [](std::int64_t from, std::int64_t to) {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  };
  for (const auto& [person, events] : page) {
    if (events.empty()) continue;
    if (entries.empty()) first_person = person;
    std::uint64_t bits = 0;
    for (const auto& event : events) bits |= std::uint64_t{1} << (event.code % 64);
    const auto image = Image(events);
    end += image.size() - 32;
    const std::uint64_t apart = distance(first, events.front().at);
    const std::uint64_t span = distance(events.front().at, events.back().at);
    while (apart % tick != 0 || span % tick != 0) {
      tick /= 1000;
      --tick_number;
    }
    entries.push_back({{person - first_person, end, events.size(), apart, span, bits}, image});
  }
  std::size_t widths[6] = {};
  for (Entry& entry : entries) {
    entry.numbers[3] /= tick;
    entry.numbers[4] /= tick;
    for (int i = 0; i < 6; ++i) widths[i] = std::max(widths[i], bytes_of(entry.numbers[i]));
  }
  put(1, 1);
  put(entries.empty() ? 0 : tick_number, 1);
  for (const std::size_t width : widths) put(width, 1);
  put(entries.size(), 4);
  put(first_person, 4);
  put(entries.empty() ? 0 : static_cast<std::uint64_t>(first), 8);
  for (const Entry& entry : entries) {
    for (int i = 0; i < 6; ++i) put(entry.numbers[i], widths[i]);
    out.push_back(entry.image[1]);
    out.push_back(entry.image[2]);
  }
  for (const Entry& entry : entries) {
    out.insert(out.end(), entry.image.begin() + 32, entry.image.end());
  }
  return out;
}

}  // namespace cdp::oracle
