#include "core/timeline/timeline_page_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "core/base/error.h"
#include "oracle/timeline_page.h"
#include "unit/sanitized.h"
#include "unit/timeline/random_events.h"

namespace cdp::timeline {
namespace {

constexpr int kPages = kSanitized ? 500 : 4'000;

/// A page in build form, of parts as they come.
class Build {
 public:
  void Add(std::uint32_t person, const oracle::Events& events) {
    const auto image = Write(events);
    const PagePerson part = PersonOf(person, image);
    const std::size_t at = rows_.size();
    rows_.resize(at + kPageBuildHead + part.body.size());
    WritePageBuild(rows_.data() + at, part);
  }
  std::vector<std::byte> Finish() const {
    PageBuildHeader header{};
    header.version = kPageBuildVersion;
    header.used = static_cast<std::uint32_t>(rows_.size());
    std::vector<std::byte> bytes(sizeof(header));
    std::memcpy(bytes.data(), &header, sizeof(header));
    bytes.insert(bytes.end(), rows_.begin(), rows_.end());
    return bytes;
  }

 private:
  std::vector<std::byte> rows_;
};

oracle::Events EventsOf(const View& view) {
  oracle::Events events;
  ForEachRecord<FullEvent>(view, [&events](const FullEvent& e) { events.push_back(OracleOf(e)); });
  return events;
}

oracle::Page ReadBack(std::span<const std::byte> bytes) {
  oracle::Page page;
  std::uint32_t before = 0;
  std::pmr::monotonic_buffer_resource room;
  ForEachOfPage(bytes, &room, [&](std::uint32_t person, const View& view) {
    EXPECT_TRUE(page.empty() || before < person);
    before = person;
    page[person] = EventsOf(view);
    EXPECT_EQ(view.count(), page[person].size());
    EXPECT_EQ(view.first(), page[person].front().at);
    EXPECT_EQ(view.last(), page[person].back().at);
    std::uint64_t bits = 0;
    for (const auto& event : page[person]) bits |= CodeBit(event.code);
    EXPECT_EQ(view.code_bits(), bits);
  });
  return page;
}

/// Often as one person's months are: alike, and one behind the other.
oracle::Events RandomTimeline(std::mt19937_64& rng) {
  oracle::Events events = RandomEvents(rng);
  const std::int64_t tick = rng() % 4 == 0 ? 1 : rng() % 3 == 0 ? 1'000'000 : 1'000;
  const bool dense = rng() % 2 == 0;
  for (auto& event : events) {
    if (dense) event.at = static_cast<std::int64_t>(rng() % 8'000'000) * tick;
    if (dense) event.code &= 31;
  }
  return oracle::Sorted(events);
}

TEST(PagePartsProperty, GivesTheEventsOfAllParts) {
  std::mt19937_64 rng(20261104);
  for (int round = 0; round < kPages; ++round) {
    oracle::Page whole;
    Build build;
    for (std::uint32_t person = 0; person < rng() % 4; ++person) {
      const oracle::Events events = RandomTimeline(rng);
      if (!events.empty()) whole[person] = events;
      std::vector<oracle::Events> parts(1 + rng() % 4);
      if (rng() % 4 == 0) {
        for (const auto& event : events) parts[rng() % parts.size()].push_back(event);
      } else {
        std::size_t from = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
          const std::size_t to =
              i + 1 == parts.size() ? events.size() : from + rng() % (events.size() - from + 1);
          parts[i].assign(events.begin() + static_cast<std::ptrdiff_t>(from),
                          events.begin() + static_cast<std::ptrdiff_t>(to));
          from = to;
        }
      }
      std::shuffle(parts.begin(), parts.end(), rng);
      for (const auto& part : parts) build.Add(person, part);
    }
    ASSERT_EQ(ReadBack(build.Finish()), whole) << "round " << round;
  }
}

TEST(PagePartsProperty, BarePeopleHaveTheTimesAndCodes) {
  std::mt19937_64 rng(20261105);
  for (int round = 0; round < kPages; ++round) {
    oracle::Events events = RandomTimeline(rng);
    if (events.empty()) continue;
    const auto image = Write(events);
    const View view(image);
    const PagePerson bare = BarePerson(7, view);
    for (auto& event : events) {
      event.value.reset();
      event.properties = {};
    }
    const View alone(bare.header, bare.body, image.data() + image.size());
    ASSERT_EQ(EventsOf(alone), events) << "round " << round;
    ASSERT_FALSE(alone.has_values());
  }
}

TEST(PageParts, ForeignBytesAreReadOrRefused) {
  std::mt19937_64 rng(20261106);
  for (int round = 0; round < kPages; ++round) {
    Build build;
    oracle::Events events = RandomTimeline(rng);
    const auto middle = events.begin() + static_cast<std::ptrdiff_t>(events.size() / 2);
    build.Add(1, {events.begin(), middle});
    build.Add(1, {middle, events.end()});
    auto bytes = build.Finish();
    for (std::uint64_t i = 1 + rng() % 3; i > 0 && bytes.size() > sizeof(PageBuildHeader); --i) {
      const std::size_t at =
          sizeof(PageBuildHeader) + rng() % (bytes.size() - sizeof(PageBuildHeader));
      bytes[at] = static_cast<std::byte>(rng());
    }
    try {
      std::pmr::monotonic_buffer_resource room;
      ForEachOfPage(bytes, &room, [](std::uint32_t, const View& view) {
        EXPECT_LE(view.count(), kMaxEvents);
        EventsOf(view);
      });
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorruptData) << error.what();
    }
  }
}

}  // namespace
}  // namespace cdp::timeline
