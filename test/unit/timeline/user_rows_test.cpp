#include "core/timeline/user_rows.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/timeline/timeline_check.h"
#include "core/timeline/user_groups.h"
#include "unit/timeline/random_events.h"

namespace cdp::timeline {
namespace {

using Kept = std::map<std::int64_t, std::vector<FullEvent>>;

auto* const memory = std::pmr::get_default_resource();

/// Users close together, far apart, or at the ends of the numbers.
std::int64_t RandomUser(std::mt19937_64& rng, unsigned kind) {
  switch (kind % 5) {
    case 0:
      return static_cast<std::int64_t>(rng() % 40);
    case 1:
      return static_cast<std::int64_t>(rng() % 40) * 256;
    case 2:
      return static_cast<std::int64_t>(rng() % 7 * 0x9e3779b97f4a7c15u);
    case 3:
      return rng() % 2 == 0 ? INT64_MIN + static_cast<std::int64_t>(rng() % 3)
                            : INT64_MAX - static_cast<std::int64_t>(rng() % 3);
    default:
      return -static_cast<std::int64_t>(rng() % 5);
  }
}

FullEvent RandomEvent(std::mt19937_64& rng, std::uint64_t columns) {
  const std::uint64_t reach = std::uint64_t{1} << (rng() % 44);
  FullEvent event{};
  event.at = rng() % 50 == 0 ? kMinInstant : static_cast<Micros>(rng() % reach);
  if (rng() % 50 == 0) event.at = kEndInstant - 1;
  event.code = static_cast<std::int32_t>(rng() >> (33 + rng() % 31));
  event.present = static_cast<std::uint32_t>(rng() & columns);
  if (event.has_value()) event.value = static_cast<std::int64_t>(rng()) >> (rng() % 64);
  for (int i = 0; i < kMaxProperties; ++i) {
    if (event.has_property(i + 1))
      event.properties[i] = static_cast<std::int32_t>(rng()) >> (rng() % 32);
  }
  return event;
}

template <class Record = FullEvent>
Kept Grouped(RowSegments rows) {
  Kept kept;
  UserGroups<Record> groups(std::move(rows), memory);
  std::int64_t user = 0;
  std::span<Record> events;
  while (groups.Next(&user, &events)) {
    EXPECT_FALSE(events.empty());
    const auto [place, is_new] = kept.try_emplace(user);
    EXPECT_TRUE(is_new) << "user " << user << " comes twice";
    for (const Record& event : events) place->second.push_back(ConvertEvent<FullEvent>(event));
  }
  return kept;
}

/// By the narrowest kind of record that has room for what the rows have.
Kept GroupedNarrowly(std::span<const std::byte> bytes) {
  return WithRecord(KindOfColumns(ReadUserRowsHeader(bytes).columns), [bytes]<class Record>() {
    return Grouped<Record>(ReadUserRows(bytes, memory));
  });
}

std::vector<std::byte> Flattened(const UserRows& rows) {
  std::vector<std::byte> bytes(rows.FlatSize());
  rows.FlattenInto(bytes.data());
  return bytes;
}

/// The flat form of one partition, as an aggregate grows it.
std::vector<std::byte> OnePartition(const std::vector<std::pair<std::int64_t, FullEvent>>& rows) {
  std::vector<std::byte> bytes(sizeof(UserRowsHeader) + (rows.size() + 1) * kRowRoom);
  UserRowsHeader header{};
  header.version = kUserRowsVersion;
  std::byte* const begin = bytes.data() + sizeof(header);
  std::byte* end = begin;
  for (const auto& [user, event] : rows) {
    end = WriteKeyedRow(end, static_cast<std::uint64_t>(user), header.before(), event);
    header.set_before(event.at);
    header.columns |= static_cast<std::uint8_t>(event.present);
  }
  header.used = static_cast<std::uint32_t>(end - begin);
  std::memcpy(bytes.data(), &header, sizeof(header));
  bytes.resize(sizeof(header) + header.used);
  bytes.shrink_to_fit();
  return bytes;
}

TEST(UserRowsProperty, EveryUserGetsItsEventsInTheOrderOfArrival) {
  std::mt19937_64 rng(20250701);
  for (int round = 0; round < kRounds / 20; ++round) {
    const std::size_t count = rng() % 100 == 0 ? rng() % 3000 : rng() % 60;
    const auto kind = static_cast<unsigned>(rng());
    const std::uint64_t columns = std::array<std::uint64_t, 4>{0, 3, 31, rng() & 31}[rng() % 4];
    std::vector<std::pair<std::int64_t, FullEvent>> all;
    Kept expected;
    std::pmr::monotonic_buffer_resource room;
    UserRows rows(&room);
    for (std::size_t i = 0; i < count; ++i) {
      const std::int64_t user =
          RandomUser(rng, rng() % 8 == 0 ? static_cast<unsigned>(rng()) : kind);
      const FullEvent event = RandomEvent(rng, columns);
      rows.Add(user, event);
      expected[user].push_back(event);
      all.emplace_back(user, event);
    }
    ASSERT_EQ(Grouped(rows.Segments(memory)), expected) << "round " << round;
    ASSERT_EQ(CountRows(rows.Segments(memory)), count);
    const auto bytes = Flattened(rows);
    CheckUserRows(bytes, ErrorCode::kInvalidBinary);
    ASSERT_EQ(Grouped(ReadUserRows(bytes, memory)), expected) << "round " << round;
    const auto one = OnePartition(all);
    CheckUserRows(one, ErrorCode::kInvalidBinary);
    ASSERT_EQ(Grouped(ReadUserRows(one, memory)), expected) << "round " << round;
    ASSERT_EQ(GroupedNarrowly(bytes), expected) << "round " << round;
    // Taken over by another state, from every form, behind what it has.
    UserRows both(&room);
    both.Take(rows.Segments(memory));
    both.Take(bytes);
    both.Take(one);
    for (const auto& [user, event] : all) both.Add(user, event);
    for (auto& [user, events] : expected) {
      const std::size_t once = events.size();
      for (std::size_t i = 0; i < 3 * once; ++i) events.push_back(FullEvent(events[i]));
    }
    ASSERT_EQ(Grouped(both.Segments(memory)), expected) << "round " << round;
  }
}

TEST(UserRows, PlacesAreOneToOne) {
  std::mt19937_64 rng(20250702);
  for (int round = 0; round < 10000; ++round) {
    const auto user = static_cast<std::int64_t>(rng()) >> (rng() % 64);
    ASSERT_EQ(UserPlace::Of(user).user(), user);
  }
  // Users that are multiples of a power of two fill many partitions.
  std::vector<bool> met(kPartitions);
  for (std::int64_t user = 0; user < 4096; ++user) met[UserPlace::Of(user * 4096).partition] = true;
  EXPECT_GT(std::count(met.begin(), met.end(), true), 200);
}

TEST(UserRows, TakesFewBytes) {
  std::pmr::monotonic_buffer_resource room;
  UserRows rows(&room);
  std::mt19937_64 rng(20250703);
  for (int i = 0; i < 200000; ++i) {
    rows.Add(static_cast<std::int64_t>(rng() % 10000), Event{i * std::int64_t{100'000}, 7});
  }
  EXPECT_LT(rows.FlatSize(), 200000 * 8);
}

std::string MessageOf(std::vector<std::byte> bytes) {
  try {
    CheckUserRows(bytes, ErrorCode::kInvalidBinary);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidBinary);
    return std::string(error.what()) + ": " + error.detail();
  }
  return "no error";
}

TEST(UserRows, RefusesWhatItCannotLeave) {
  const std::string corrupt = "state of user rows is corrupt: ";
  FullEvent event{};
  event.at = 5;
  const auto good = OnePartition({{1, event}, {2, event}});
  EXPECT_EQ(MessageOf(good), "no error");
  EXPECT_EQ(MessageOf({}), "state of user rows is truncated: ");
  auto bytes = good;
  bytes[0] = std::byte{9};
  EXPECT_EQ(MessageOf(bytes),
            "unrecognized format of user rows: The value begins with version 9, not 1.");
  bytes = good;
  bytes[1] = std::byte{3};
  EXPECT_EQ(MessageOf(bytes), corrupt + "The number of partitions is out of range.");
  bytes[1] = std::byte{8};
  EXPECT_EQ(MessageOf(bytes), corrupt + "Keys have a length that none has.");
  std::pmr::monotonic_buffer_resource room;
  UserRows rows(&room);
  rows.Add(1, event);
  bytes = Flattened(rows);
  EXPECT_EQ(MessageOf(bytes), "no error");
  bytes[sizeof(UserRowsHeader) + 1] = std::byte{1};
  EXPECT_EQ(MessageOf(bytes), corrupt + "The partitions are not in order.");
  bytes = good;
  bytes[2] = std::byte{32};
  EXPECT_EQ(MessageOf(bytes), corrupt + "There are columns that do not exist.");
  bytes = good;
  bytes.pop_back();
  EXPECT_EQ(MessageOf(bytes), corrupt + "The rows are fewer than it says.");
  bytes = good;
  bytes.push_back(std::byte{0});
  EXPECT_EQ(MessageOf(bytes), corrupt + "Something follows the rows.");
  bytes = good;
  bytes.back() = std::byte{0};
  bytes[sizeof(UserRowsHeader) + 1] = std::byte{0x7f};
  EXPECT_EQ(MessageOf(bytes), corrupt + "A row is longer than its partition.");
  event.code = -1;
  EXPECT_EQ(MessageOf(OnePartition({{1, event}})), corrupt + "An event code is negative.");
  event.code = 0;
  event.at = kEndInstant;
  EXPECT_EQ(MessageOf(OnePartition({{1, event}})), corrupt + "An instant is out of range.");
  bytes = good;
  bytes[20] = std::byte{6};
  EXPECT_EQ(MessageOf(bytes), corrupt + "The last row is at another time than it says.");
  event.at = 1;
  event.present = 1;
  bytes = OnePartition({{1, event}});
  bytes[2] = std::byte{0};
  EXPECT_EQ(MessageOf(bytes), corrupt + "A row has a column that the header does not know of.");
  // Past the door: who reads fewer columns than there are does not take one for another.
  EXPECT_THROW(Grouped<Event>(ReadUserRows(bytes, memory)), Error);
  event.present = 1u << 2;
  bytes = OnePartition({{1, event}});
  EXPECT_EQ(MessageOf(bytes), "no error");
  EXPECT_THROW(Grouped<ValuedEvent>(ReadUserRows(bytes, memory)), Error);
}

}  // namespace
}  // namespace cdp::timeline
