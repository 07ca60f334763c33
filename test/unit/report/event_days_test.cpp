#include "core/report/event_days.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>

#include "unit/behavior/moving_clocks.h"
#include "unit/sanitized.h"
#include "unit/timeline/random_events.h"

namespace cdp::report {
namespace {

using timeline::UserRows;

constexpr int kRounds = kSanitized ? 100 : 500;

/// By value, code, day and chunk: how often who did it.
using Days = std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t, std::uint32_t>,
                      std::map<std::uint32_t, std::int64_t>>;

Days DaysOf(timeline::RowSegments&& notes, std::pmr::memory_resource* memory) {
  Days days;
  DayRows rows(std::move(notes), memory);
  DayRow row{};
  while (rows.Next(&row)) {
    auto [place, is_new] = days.try_emplace({row.value, row.code, row.day, row.chunk});
    EXPECT_TRUE(is_new);
    EXPECT_FALSE(row.people.empty());
    for (const bsi::Row& person : row.people) {
      EXPECT_TRUE(place->second.empty() || place->second.rbegin()->first < person.id);
      place->second[person.id] = person.value;
    }
  }
  return days;
}

std::vector<std::byte> Flattened(const UserRows& rows) {
  std::vector<std::byte> bytes(rows.FlatSize());
  rows.FlattenInto(bytes.data());
  return bytes;
}

TEST(EventDaysProperty, CountsAsAMapDoes) {
  std::mt19937_64 rng(20261122);
  for (int round = 0; round < kRounds; ++round) {
    std::pmr::monotonic_buffer_resource room;
    const int property = static_cast<int>(rng() % 5);
    const auto hours = static_cast<std::int64_t>(rng() % 27) - 12;
    Zone zone(FindMovingClocks, &hours);
    UserRows notes[2] = {UserRows(&room), UserRows(&room)};
    Days slow;
    DayRange range;
    if (rng() % 2 == 0) range.from = static_cast<std::int64_t>(rng() % 5) - 2;
    if (rng() % 2 == 0) range.to = static_cast<std::int64_t>(rng() % 5) - 2;
    for (std::size_t n = rng() % 20; n > 0; --n) {
      const auto person =
          static_cast<std::uint32_t>((rng() % 3) << 31 | (rng() % 3) << 20 | rng() % 4);
      const std::int32_t times = rng() % 3 == 0 ? -1 : 1;
      oracle::Events events(rng() % 12);
      for (auto& event : events) {
        event.at = (static_cast<std::int64_t>(rng() % 200) - 100) * kMicrosPerHour / 2;
        event.code = static_cast<std::int32_t>(rng() % 4) << (8 * (rng() % 4));
        for (auto& said : event.properties) {
          if (rng() % 2 == 0) said = static_cast<std::int32_t>(rng() % 4) - 1;
        }
        const std::int32_t value =
            property == 0 ? 0
                          : event.properties[static_cast<std::size_t>(property) - 1].value_or(0);
        const auto day = static_cast<std::int32_t>(zone.DayOf(event.at));
        if (day < range.from || day >= range.to) continue;
        slow[{value, event.code, day, person >> kChunkBits}][person] += times;
      }
      const auto image = timeline::Write(oracle::Sorted(events));
      NoteDays(timeline::View(image), person, times, property, range, &zone, &notes[rng() % 2]);
    }
    for (auto& [row, people] : slow) {
      std::erase_if(people, [](const auto& person) { return person.second == 0; });
    }
    std::erase_if(slow, [](const auto& row) { return row.second.empty(); });
    // Two workers, one of which passes on what it has.
    notes[0].Take(Flattened(notes[1]));
    const auto bytes = Flattened(notes[0]);
    timeline::CheckUserRows(bytes, ErrorCode::kInvalidBinary);
    ASSERT_EQ(DaysOf(notes[0].Segments(&room), &room), slow) << "round " << round;
    ASSERT_EQ(DaysOf(timeline::ReadUserRows(bytes, &room), &room), slow) << "round " << round;
  }
}

TEST(EventDays, RefusesWhatIsNoNote) {
  std::pmr::monotonic_buffer_resource room;
  timeline::FullEvent event{};
  event.at = std::int64_t{1} << 40;
  event.present = 1;
  UserRows far(&room);
  far.Add(1, event);
  EXPECT_THROW(DaysOf(far.Segments(&room), &room), Error);
  event.at = 1;
  event.present = 1u << 3;
  UserRows wide(&room);
  wide.Add(1, event);
  EXPECT_THROW(DaysOf(wide.Segments(&room), &room), Error);
  event.present = 1;
  UserRows coded(&room);
  for (const std::int32_t code : {1, 2}) {
    event.code = code;
    event.value = 9 - code;
    coded.Add(1, event);
  }
  EXPECT_THROW(DaysOf(coded.Segments(&room), &room), Error);
}

}  // namespace
}  // namespace cdp::report
