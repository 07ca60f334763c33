#include "core/base/zone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace cdp {
namespace {

constexpr std::int64_t kMinute = 60'000'000;

/// Clocks that are changed at some instants.
struct Clocks {
  struct Change {
    Micros at;
    std::int64_t offset;
  };
  std::int64_t first_offset = 0;
  std::vector<Change> changes;
  mutable int asked = 0;

  std::int64_t OffsetAt(Micros at) const {
    std::int64_t offset = first_offset;
    for (const Change& change : changes) {
      if (change.at <= at) offset = change.offset;
    }
    return offset;
  }
  static ZoneStretch Find(const void* self, Micros at) {
    const auto* clocks = static_cast<const Clocks*>(self);
    ++clocks->asked;
    ZoneStretch stretch{at, INT64_MAX, clocks->OffsetAt(at)};
    for (const Change& change : clocks->changes) {
      if (change.at > at) stretch.to = std::min(stretch.to, change.at);
    }
    return stretch;
  }
  Zone zone() const { return {&Clocks::Find, this}; }
};

Clocks RandomClocks(std::mt19937_64& rng) {
  const auto offset = [&rng] {
    return (static_cast<std::int64_t>(rng() % (4 * 28)) - 4 * 14) * 15 * kMinute;
  };
  Clocks clocks;
  clocks.first_offset = offset();
  Micros at = -20 * kMicrosPerDay;
  for (std::uint64_t i = rng() % 40; i > 0; --i) {
    at += static_cast<std::int64_t>(1 + rng() % (6 * 36)) * 10 * kMinute;
    clocks.changes.push_back(
        {at,
         rng() % 2 == 0 ? offset() : clocks.OffsetAt(at) + (rng() % 2 == 0 ? 60 : -60) * kMinute});
  }
  return clocks;
}

TEST(ZoneProperty, AgreesWithTheClocks) {
  std::mt19937_64 rng(20250710);
  for (int round = 0; round < 3000; ++round) {
    const Clocks clocks = RandomClocks(rng);
    Zone zone = clocks.zone();
    for (int i = 0; i < 60; ++i) {
      const Micros at = (static_cast<std::int64_t>(rng() % 60'000) - 30'000) * kMinute +
                        static_cast<std::int64_t>(rng() % 3) - 1;
      const std::int64_t offset = clocks.OffsetAt(at);
      ASSERT_EQ(zone.OffsetAt(at), offset) << "round " << round;
      ASSERT_EQ(zone.LocalAt(at), at + offset);
      const std::int64_t day = zone.DayOf(at);
      ASSERT_LE(day * kMicrosPerDay, at + offset);
      ASSERT_GT((day + 1) * kMicrosPerDay, at + offset);
      const Micros hour = zone.HourOf(at);
      ASSERT_LE(hour, at);
      ASSERT_GT(hour + kMicrosPerHour, at);
      ASSERT_EQ((hour + offset) % kMicrosPerHour, 0);
    }
  }
}

TEST(ZoneProperty, ADayStartsWhereItIsEnteredForGood) {
  std::mt19937_64 rng(20250711);
  for (int round = 0; round < 1000; ++round) {
    const Clocks clocks = RandomClocks(rng);
    Zone zone = clocks.zone();
    for (int i = 0; i < 4; ++i) {
      const std::int64_t day = static_cast<std::int64_t>(rng() % 40) - 20;
      const Micros midnight = day * kMicrosPerDay;
      bool inside = false;
      Micros entered = 0;
      // Changes and offsets are multiples of five minutes.
      for (Micros at = midnight - 2 * kMicrosPerDay; at < midnight + 2 * kMicrosPerDay;
           at += 5 * kMinute) {
        if (at + clocks.OffsetAt(at) < midnight) {
          inside = false;
        } else if (!inside) {
          inside = true;
          entered = at;
        }
      }
      ASSERT_EQ(zone.StartOfDay(day), entered) << "round " << round;
    }
  }
}

TEST(ZoneProperty, AnInstantIsTheLastThatClocksShowSo) {
  std::mt19937_64 rng(20250712);
  for (int round = 0; round < 1000; ++round) {
    const Clocks clocks = RandomClocks(rng);
    Zone zone = clocks.zone();
    for (int i = 0; i < 4; ++i) {
      const Micros local = static_cast<std::int64_t>(rng() % 11520 - 5760) * 5 * kMinute;
      Micros last = INT64_MIN;
      for (Micros at = local - 2 * kMicrosPerDay; at < local + 2 * kMicrosPerDay;
           at += 5 * kMinute) {
        if (at + clocks.OffsetAt(at) == local) last = at;
      }
      const Micros found = zone.InstantOf(local);
      if (last != INT64_MIN) {
        ASSERT_EQ(found, last) << "round " << round;
      } else {
        // Skipped: what is found comes after the clocks were put forward over it.
        ASSERT_GT(clocks.OffsetAt(found), local - found) << "round " << round;
      }
    }
  }
}

TEST(Zone, WithoutAnySourceIsUtc) {
  Zone zone;
  EXPECT_EQ(zone.LocalAt(123), 123);
  EXPECT_EQ(zone.DayOf(-1), -1);
  EXPECT_EQ(zone.StartOfDay(7), 7 * kMicrosPerDay);
  EXPECT_EQ(zone.InstantOf(-5), -5);
  EXPECT_EQ(zone.HourOf(kMicrosPerHour - 1), 0);
}

TEST(Zone, AsksOnceAStretch) {
  Clocks clocks;
  for (int i = 0; i < 10; ++i) clocks.changes.push_back({i * 1000, i * kMinute});
  Zone zone = clocks.zone();
  for (int walk = 0; walk < 20; ++walk) {
    for (Micros at = -500; at < 10'000; at += 10) zone.OffsetAt(at);
  }
  EXPECT_EQ(clocks.asked, 11);
}

}  // namespace
}  // namespace cdp
