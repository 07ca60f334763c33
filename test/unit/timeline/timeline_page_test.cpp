#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "core/timeline/timeline_page_writer.h"
#include "oracle/timeline_page.h"
#include "unit/sanitized.h"
#include "unit/timeline/random_events.h"

namespace cdp::timeline {
namespace {

constexpr int kPages = kSanitized ? 300 : 2'500;

auto* const memory = std::pmr::get_default_resource();

/// Few people close together, far apart, or at the ends of the numbers; some without events.
oracle::Page RandomPage(std::mt19937_64& rng) {
  oracle::Page page;
  const unsigned kind = rng() % 4;
  for (std::uint64_t i = rng() % 12; i > 0; --i) {
    const auto person = static_cast<std::uint32_t>(kind == 0   ? 1'000'000 + rng() % 30
                                                   : kind == 1 ? rng()
                                                   : kind == 2 ? rng() % 3 - 1
                                                               : 1 << (rng() % 32));
    page[person] = RandomEvents(rng);
  }
  // Often the people of one time, as in a month.
  if (rng() % 2 == 0) {
    const std::int64_t shift = rng() % 3 == 0 ? 1 : 1000;
    for (auto& [person, events] : page) {
      for (auto& event : events) event.at = static_cast<std::int64_t>(rng() % 2'678'400) * shift;
      events = oracle::Sorted(events);
    }
  }
  return page;
}

/// A page by the writer, of people and parts in any order.
class Writer {
 public:
  void Add(std::uint32_t person, const oracle::Events& events) {
    images_.push_back(Write(events));
    people_.push_back(PersonOf(person, images_.back()));
  }
  std::vector<std::byte> Finish(std::mt19937_64& rng) {
    std::shuffle(people_.begin(), people_.end(), rng);
    UnitePeople(&people_, &room_);
    return Page(people_);
  }
  static std::vector<std::byte> Page(std::span<const PagePerson> people) {
    PageMeasure measure;
    for (const PagePerson& person : people) measure.Add(person);
    // The guard behind the page shows a writer that passes the end.
    std::vector<std::byte> page(measure.size() + 16, std::byte{0xee});
    WritePage(measure, people, page.data());
    for (std::size_t i = measure.size(); i < page.size(); ++i) {
      EXPECT_EQ(page[i], std::byte{0xee});
    }
    return {page.begin(), page.begin() + static_cast<std::ptrdiff_t>(measure.size())};
  }

 private:
  std::vector<std::vector<std::byte>> images_;
  std::pmr::monotonic_buffer_resource room_;
  PagePeople people_{memory};
};

std::vector<std::byte> WrittenPage(const oracle::Page& page, std::mt19937_64& rng) {
  Writer writer;
  for (const auto& [person, events] : page) writer.Add(person, events);
  return writer.Finish(rng);
}

oracle::Events EventsOf(const View& view) {
  oracle::Events events;
  ForEachRecord<FullEvent>(view, [&events](const FullEvent& e) { events.push_back(OracleOf(e)); });
  return events;
}

oracle::Page ReadBack(std::span<const std::byte> bytes) {
  oracle::Page page;
  PageView(bytes).ForEach(
      [&page](std::uint32_t person, const View& view) { page[person] = EventsOf(view); });
  return page;
}

oracle::Page WithEvents(const oracle::Page& page) {
  oracle::Page kept;
  for (const auto& [person, events] : page) {
    if (!events.empty()) kept[person] = events;
  }
  return kept;
}

std::string Refusal(std::span<const std::byte> page) {
  try {
    CheckPage(page, ErrorCode::kInvalidBinary, memory);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidBinary);
    return std::string(error.what()) + ": " + error.detail();
  }
  return "no error";
}

TEST(TimelinePageProperty, IsTheDocumentedPageAndReadsBack) {
  std::mt19937_64 rng(20261101);
  for (int round = 0; round < kPages; ++round) {
    const oracle::Page page = RandomPage(rng);
    const auto bytes = WrittenPage(page, rng);
    ASSERT_EQ(bytes, oracle::PageImage(page)) << "round " << round;
    ASSERT_EQ(ReadBack(bytes), WithEvents(page)) << "round " << round;
    ASSERT_EQ(Refusal(bytes), "no error") << "round " << round;
    const PageView view(bytes);
    std::uint64_t count = 0;
    std::size_t index = 0;
    for (const auto& [person, events] : WithEvents(page)) {
      count += events.size();
      ASSERT_EQ(view.PersonAt(index), person);
      ASSERT_EQ(view.Find(person), index);
      const PagePerson found = view.At(index++);
      const auto image = Write(events);
      ASSERT_EQ(std::memcmp(&found.header, image.data(), sizeof(ImageHeader)), 0);
      ASSERT_TRUE(std::equal(found.body.begin(), found.body.end(),
                             image.begin() + sizeof(ImageHeader), image.end()));
    }
    ASSERT_EQ(view.people(), index);
    ASSERT_EQ(view.CountEvents(), count);
    const auto stranger = static_cast<std::uint32_t>(rng());
    ASSERT_EQ(view.Find(stranger).has_value(), WithEvents(page).contains(stranger));
  }
}

TEST(TimelinePageProperty, UnitesThePartsOfEachPerson) {
  std::mt19937_64 rng(20261102);
  for (int round = 0; round < kPages; ++round) {
    oracle::Page whole;
    Writer writer;
    for (std::uint64_t part = rng() % 4; part > 0; --part) {
      for (const auto& [person, events] : RandomPage(rng)) {
        writer.Add(person % 8, events);
        whole[person % 8] = oracle::Merge(whole[person % 8], events);
      }
    }
    ASSERT_EQ(writer.Finish(rng), oracle::PageImage(whole)) << "round " << round;
  }
}

TEST(TimelinePageProperty, SlicesEachPerson) {
  std::mt19937_64 rng(20261103);
  for (int round = 0; round < kPages; ++round) {
    const oracle::Page page = RandomPage(rng);
    const auto bytes = WrittenPage(page, rng);
    Period period;
    for (const auto& [person, events] : page) {
      if (!events.empty() && rng() % 3 == 0) period.from = events[rng() % events.size()].at;
      if (!events.empty() && rng() % 3 == 0) period.to = events[rng() % events.size()].at;
    }
    oracle::Page sliced;
    for (const auto& [person, events] : page) {
      sliced[person] = oracle::Slice(events, period.from, period.to);
    }
    const PageView view(bytes);
    std::pmr::monotonic_buffer_resource room;
    PagePeople people(memory);
    view.ForEachPerson(
        [&](const PagePerson& person) { people.push_back(SliceOf(view, person, period, &room)); });
    UnitePeople(&people, &room);
    ASSERT_EQ(Writer::Page(people), oracle::PageImage(sliced)) << "round " << round;
  }
}

TEST(TimelinePageProperty, PassesOverWhoHasNoneOfTheCodes) {
  std::mt19937_64 rng(20261114);
  for (int round = 0; round < kPages; ++round) {
    oracle::Page page = RandomPage(rng);
    // Some of more people than there are bits in a word.
    if (round % 16 == 0) {
      for (std::uint64_t i = rng() % 200; i > 0; --i) {
        oracle::TimelineEvent event;
        event.code = static_cast<std::int32_t>(rng() % 64);
        page[static_cast<std::uint32_t>(i)] = {event};
      }
    }
    const auto bytes = WrittenPage(page, rng);
    const PageView view(bytes);
    const std::uint64_t code_bits = rng() & rng() & rng();
    std::vector<std::pair<std::uint32_t, std::size_t>> wanted, given;
    view.ForEachPerson([&](const PagePerson& person) {
      if ((person.header.code_bits & code_bits) == 0) return;
      wanted.emplace_back(person.person, person.body.size());
    });
    view.ForEachPerson(
        [&](const PagePerson& person) { given.emplace_back(person.person, person.body.size()); },
        code_bits);
    ASSERT_EQ(given, wanted) << "round " << round;
  }
}

// Any change of a page is another page or none, and neither check nor readers pass the end: the
// copy is exactly as long as the page, so the address sanitizer sees them do so.
TEST(TimelinePageProperty, DamageIsSeenOrIsAnotherPage) {
  std::mt19937_64 rng(20261104);
  for (int round = 0; round < 3 * kPages; ++round) {
    auto damaged = WrittenPage(RandomPage(rng), rng);
    const std::size_t front = std::min<std::size_t>(damaged.size(), 80);
    for (std::uint64_t i = 1 + rng() % 3; i > 0; --i) {
      damaged[rng() % (rng() % 2 == 0 ? front : damaged.size())] ^=
          static_cast<std::byte>(1 << (rng() % 8));
    }
    if (rng() % 3 == 0) damaged.resize(rng() % (damaged.size() + 1));
    const std::vector<std::byte> exact(damaged);
    if (Refusal(exact) == "no error") {
      ASSERT_EQ(oracle::PageImage(ReadBack(exact)), exact) << "round " << round;
      continue;
    }
    try {
      const PageView view(exact);
      view.CountEvents();
      view.Find(static_cast<std::uint32_t>(rng()));
      if (view.people() > 0) view.At(view.people() - 1);
      view.ForEach([](std::uint32_t, const View& timeline) { EventsOf(timeline); });
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::kCorruptData);
    }
  }
}

TEST(TimelinePageProperty, BuildFormGivesWhatWasPut) {
  std::mt19937_64 rng(20261105);
  for (int round = 0; round < kPages / 10; ++round) {
    const auto page = WithEvents(RandomPage(rng));
    const auto bytes = WrittenPage(page, rng);
    const PageView view(bytes);
    PageBuildHeader header{};
    header.version = kPageBuildVersion;
    header.used = static_cast<std::uint32_t>(view.people() * kPageBuildHead + view.bodies().size());
    const std::size_t spare = rng() % 9;
    std::vector<std::byte> build(sizeof(header) + header.used + spare, std::byte{0xee});
    std::byte* end = WriteRaw(build.data(), header);
    view.ForEachPerson([&end](const PagePerson& person) { end = WritePageBuild(end, person); });
    ASSERT_EQ(static_cast<std::size_t>(end - build.data()), build.size() - spare);
    ASSERT_TRUE(IsPageBuild(build));
    PagePeople people(memory);
    ForEachOfPageBuild(build, [&people](const PagePerson& person) { people.push_back(person); });
    ASSERT_EQ(Writer::Page(people), bytes) << "round " << round;
    build.resize(build.size() - spare - (page.empty() ? 0 : 1));
    if (page.empty()) continue;
    EXPECT_THROW(ForEachOfPageBuild(build, [](const PagePerson&) {}), Error);
  }
}

// What thirty events of a person in a month take: the entry in place of a header of 32 bytes.
TEST(TimelinePage, EntriesOfOneMonthAreShort) {
  oracle::Page page;
  for (std::uint32_t person = 4096; person < 4112; ++person) {
    for (std::int64_t i = 0; i < 30; ++i) {
      page[person].push_back({(i * 86'000'000 + person) * 1000, static_cast<int>(i % 20), {}, {}});
    }
  }
  std::mt19937_64 rng(1);
  const auto bytes = WrittenPage(page, rng);
  const PageView view(bytes);
  EXPECT_EQ(bytes.size() - view.bodies().size(),
            sizeof(PageHeader) + 16 * (1 + 2 + 1 + 1 + 4 + 3 + 2));
}

/// How often a piece of work polls.
template <class Work>
int PollsOf(Work&& work) {
  static int polls;
  polls = 0;
  stop_hook = [] { ++polls; };
  work();
  stop_hook = nullptr;
  return polls;
}

TEST(TimelinePage, PartsAreSortedInPieces) {
  std::mt19937_64 rng(20261122);
  std::vector<std::uint32_t> numbers(200'000);
  PagePeople people;
  for (std::uint32_t& number : numbers) {
    number = static_cast<std::uint32_t>(rng() % 50'000);
    PagePerson& part = people.emplace_back();
    part.person = number;
    part.header.first = static_cast<Micros>(rng() % 100);
  }
  // Four pieces are sorted, and merged two by two.
  EXPECT_GE(PollsOf([&people] { SortParts(&people); }), 4 + 3);
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 0; i < people.size(); ++i) {
    ASSERT_EQ(people[i].person, numbers[i]);
    if (i == 0 || people[i - 1].person != people[i].person) continue;
    ASSERT_LE(people[i - 1].header.first, people[i].header.first);
  }
}

TEST(TimelinePage, EveryColumnIsWrittenInPieces) {
  constexpr std::size_t kPieces = 3;
  std::vector<FullEvent> events(kPieces << 16);
  std::mt19937_64 rng(20261123);
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].at = static_cast<Micros>(i * 1000);
    events[i].present = i % 2 == 0 ? 31 : 0;
    if (i % 2 != 0) continue;
    events[i].value = static_cast<std::int64_t>(rng() % 1000);
    for (int which = 0; which < kMaxProperties; ++which) {
      events[i].properties[which] = static_cast<std::int32_t>(rng() % 300 << 20);
    }
  }
  const auto written = [&events](int* polls) {
    const auto layout = MeasureEvents<FullEvent>(events, std::pmr::get_default_resource());
    std::vector<std::byte> image(layout.size());
    *polls = PollsOf([&] { WriteImage<FullEvent>(layout, events, image.data()); });
    return image;
  };
  int polls = 0;
  // Codes, times, values together with who has one, and four properties by their dictionaries; the
  // first piece of one column may lack its poll.
  written(&polls);
  EXPECT_GE(polls, static_cast<int>(7 * kPieces - 1));
  // One part of many events is put in front of another. Without properties, whose dictionaries
  // are sorted again and again and poll each time.
  for (FullEvent& event : events) event.present &= 1;
  const std::vector<std::byte> image = written(&polls);
  std::vector<std::byte> later(image);
  ImageHeader header = View(image).header();
  header.first += 1'000'000'000;
  header.last += 1'000'000'000;
  std::memcpy(later.data(), &header, sizeof(header));
  std::pmr::monotonic_buffer_resource room;
  polls = PollsOf([&] { Unite(std::vector{PersonOf(1, image), PersonOf(1, later)}, &room); });
  EXPECT_GE(polls, static_cast<int>(4 * kPieces - 1));
}

TEST(TimelinePage, RefusesWhatIsNone) {
  std::mt19937_64 rng(20261106);
  EXPECT_EQ(WrittenPage({}, rng), oracle::PageImage({}));
  EXPECT_EQ(Refusal({}),
            "unrecognized format of a timeline page: The value begins with version 0, not 1.");
  const oracle::Page three = {{7, {{5, 1, {}, {}}}}, {9, {{6, 2, {}, {}}}}, {10, {{7, 2, {}, {}}}}};
  const auto good = WrittenPage(three, rng);
  ASSERT_EQ(Refusal(good), "no error");
  const auto with = [&good](std::size_t at, int byte) {
    auto bytes = good;
    bytes[at] = static_cast<std::byte>(byte);
    return Refusal(bytes);
  };
  EXPECT_EQ(with(1, 3), "timeline page is corrupt: The tick does not exist.");
  EXPECT_EQ(with(2, 5), "timeline page is corrupt: A number of its entries is too wide.");
  EXPECT_EQ(with(11, 1), "timeline page is corrupt: It is too short for its people.");
  EXPECT_EQ(with(12, 8), "no error");  // of other people
  EXPECT_EQ(with(24 + 3, 1), "timeline page is corrupt: The entries contradict the timelines.");
  // The second person before the first, with an entry of seven bytes each.
  EXPECT_EQ(with(24 + 7, 0), "timeline page is corrupt: The people are not in order.");
  EXPECT_EQ(with(24 + 8, 9), "timeline page is corrupt: A timeline lies outside of it.");
  EXPECT_EQ(with(24 + 2, 0), "timeline page is corrupt: A timeline has no events.");
}

}  // namespace
}  // namespace cdp::timeline
