/// Random events for the tests of timelines, as the oracle has them and as the core does.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "core/timeline/timeline_reader.h"
#include "core/timeline/timeline_writer.h"
#include "oracle/timeline.h"
#include "unit/sanitized.h"

namespace cdp::timeline {

inline constexpr int kRounds = kSanitized ? 10'000 : 120'000;

/// The least kind of record that holds the events: -1 no value, 1 or 4 properties.
inline int RoomFor(const oracle::Events& events) {
  int room = -1;
  for (const auto& event : events) {
    if (event.value || event.properties[0]) room = std::max(room, 1);
    for (int i = 1; i < kMaxProperties; ++i) {
      if (event.properties[i]) room = kMaxProperties;
    }
  }
  return room;
}

template <class Record>
Record RecordOf(const oracle::TimelineEvent& event) {
  if constexpr (kRoom<Record> < 0) {
    return {event.at, event.code};
  } else {
    Record record{};
    record.at = event.at;
    record.code = event.code;
    record.value = event.value.value_or(0);
    record.present = event.value ? 1 : 0;
    for (int i = 0; i < kRoom<Record>; ++i) {
      record.properties[i] = event.properties[i].value_or(0);
      if (event.properties[i]) record.present |= 2u << i;
    }
    return record;
  }
}

template <class Record>
std::vector<Record> RecordsOf(const oracle::Events& events) {
  std::vector<Record> records;
  for (const auto& event : events) records.push_back(RecordOf<Record>(event));
  return records;
}

inline oracle::TimelineEvent OracleOf(const FullEvent& record) {
  oracle::TimelineEvent event{record.at, record.code, {}, {}};
  if (record.has_value()) event.value = record.value;
  for (int i = 0; i < kMaxProperties; ++i) {
    if (record.has_property(i + 1)) event.properties[i] = record.properties[i];
  }
  return event;
}

template <class Record>
std::vector<std::byte> WriteAs(const oracle::Events& sorted) {
  const auto records = RecordsOf<Record>(sorted);
  const auto layout = MeasureEvents<Record>(records, std::pmr::get_default_resource());
  // The guard behind the image shows a writer that passes the end.
  std::vector<std::byte> image(layout.size() + 16, std::byte{0xee});
  WriteImage<Record>(layout, records, image.data());
  for (std::size_t i = layout.size(); i < image.size(); ++i) {
    EXPECT_EQ(image[i], std::byte{0xee});
  }
  // A copy just as long: reading behind it is seen by the address sanitizer.
  return {image.begin(), image.begin() + static_cast<std::ptrdiff_t>(layout.size())};
}

/// The image, by the writer of the narrowest records that hold the events.
inline std::vector<std::byte> Write(const oracle::Events& sorted) {
  const int room = RoomFor(sorted);
  return room < 0    ? WriteAs<Event>(sorted)
         : room == 1 ? WriteAs<ValuedEvent>(sorted)
                     : WriteAs<FullEvent>(sorted);
}

inline oracle::Events Read(std::span<const std::byte> image) {
  oracle::Events events;
  ForEachRecord<FullEvent>(View(image),
                           [&events](const FullEvent& e) { events.push_back(OracleOf(e)); });
  return events;
}

/// Few or many events with ties, of any tick, width and gap, half of them with values and
/// properties, often the same ones.
inline oracle::Events RandomEvents(std::mt19937_64& rng) {
  oracle::Events events(rng() % 64 == 0 ? rng() % 600 : rng() % 12);
  const std::int64_t ticks[] = {1, 1000, 1'000'000};
  const std::int64_t tick = ticks[rng() % 3];
  const std::uint64_t reach = std::uint64_t{1} << (rng() % 44);
  const std::uint64_t codes = std::uint64_t{1} << (rng() % 32);
  const std::int64_t base = rng() % 8 == 0 ? kMinInstant : static_cast<std::int64_t>(rng() >> 12);
  for (auto& event : events) {
    event.at = base + static_cast<std::int64_t>(rng() % reach) * (rng() % 40 == 0 ? 1 : tick);
    if (event.at >= kEndInstant || event.at < kMinInstant) event.at = kMinInstant;
    event.code = static_cast<std::int32_t>(rng() % codes);
  }
  if (!events.empty() && rng() % 50 == 0) events[0].at = kEndInstant - 1;
  if (rng() % 2 == 0) {
    const std::uint64_t absent = rng() % 4;  // quarters
    const int bits = static_cast<int>(rng() % 64);
    for (auto& event : events) {
      if (rng() % 4 >= absent) event.value = static_cast<std::int64_t>(rng()) >> bits;
      if (rng() % 100 == 0) event.value = rng() % 2 == 0 ? INT64_MIN : INT64_MAX;
    }
  }
  for (int which = 0; which < 4; ++which) {
    if (rng() % 4 != 0) continue;
    const std::uint64_t absent = rng() % 4;
    const int bits = static_cast<int>(rng() % 32);
    const std::uint64_t distinct = 1 + rng() % 40;
    std::vector<std::int32_t> some;
    for (std::uint64_t i = 0; i < distinct; ++i) {
      some.push_back(static_cast<std::int32_t>(rng()) >> bits);
    }
    if (rng() % 10 == 0) some.insert(some.end(), {INT32_MIN, INT32_MAX});
    for (auto& event : events) {
      if (rng() % 4 >= absent) event.properties[which] = some[rng() % some.size()];
    }
  }
  return oracle::Sorted(events);
}

}  // namespace cdp::timeline
