#include "core/behavior/activity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>
#include <random>

#include "core/behavior/calendar.h"
#include "core/behavior/cohort_retention.h"
#include "core/behavior/lifecycle.h"
#include "oracle/activity.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

using oracle::Deed;
using Image = std::vector<std::byte>;

std::pmr::memory_resource* Memory() { return std::pmr::new_delete_resource(); }

Image ImageOf(Activity& activity) {
  Image image(activity.ImageSize());
  activity.WriteImage(image.data());
  return image;
}

Did DidOf(const Deed& deed) {
  return deed.starts ? deed.returns ? Did::kBoth : Did::kStart : Did::kReturn;
}

void AddAll(Activity* activity, const std::vector<Deed>& deeds) {
  for (const Deed& deed : deeds) {
    if (!deed.starts && !deed.returns) continue;
    activity->Add(deed.user, static_cast<std::int32_t>(deed.day), DidOf(deed));
  }
}

Image ImageOf(const std::vector<Deed>& deeds) {
  Activity activity(Memory());
  AddAll(&activity, deeds);
  return ImageOf(activity);
}

Image BuildFormOf(const std::vector<Deed>& deeds, std::size_t room) {
  std::vector<ActivityRow> rows;
  for (const Deed& deed : deeds) {
    if (!deed.starts && !deed.returns) continue;
    rows.push_back(
        {deed.user, static_cast<std::int32_t>(deed.day), static_cast<std::uint32_t>(DidOf(deed))});
  }
  const ActivityBuildHeader header{
      kActivityBuildVersion, {}, static_cast<std::uint32_t>(rows.size())};
  Image image(sizeof(header) + rows.size() * sizeof(ActivityRow) + room, std::byte{0xee});
  std::memcpy(image.data(), &header, sizeof(header));
  if (!rows.empty()) {
    std::memcpy(image.data() + sizeof(header), rows.data(), rows.size() * sizeof(ActivityRow));
  }
  return image;
}

std::vector<Deed> RandomDeeds(std::mt19937_64& rng, std::uint64_t days) {
  std::vector<Deed> deeds(rng() % 14);
  const auto base = static_cast<std::int64_t>(rng() % 2000) - 1000;
  for (Deed& deed : deeds) {
    deed = {static_cast<std::uint32_t>(rng() % 4), base + static_cast<std::int64_t>(rng() % days),
            rng() % 3 == 0, rng() % 2 == 0};
  }
  return deeds;
}

CalendarUnit RandomUnit(std::mt19937_64& rng) { return static_cast<CalendarUnit>(rng() % 3); }

oracle::Users UsersOf(bitmap::Bytes bytes) {
  const bitmap::BitmapView view(bytes);
  std::vector<std::uint32_t> values(view.Cardinality());
  view.Decode(values.data());
  return {values.begin(), values.end()};
}

TEST(Calendar, AgreesWithTheStandardLibrary) {
  using namespace std::chrono;
  const sys_days start = 2000y / January / 1;
  for (Day day = -800'000; day < 800'000; ++day) {
    const sys_days date = start + days(day);
    const year_month_day ymd(date);
    const auto month_first = sys_days(ymd.year() / ymd.month() / 1) - start;
    ASSERT_EQ(FirstDayOf(CalendarUnit::kMonth, UnitOf(CalendarUnit::kMonth, day)),
              month_first.count());
    const auto monday = date - (weekday(date) - Monday) - start;
    ASSERT_EQ(FirstDayOf(CalendarUnit::kWeek, UnitOf(CalendarUnit::kWeek, day)), monday.count());
  }
}

TEST(Calendar, UnitsFollowEachOther) {
  for (const CalendarUnit unit : {CalendarUnit::kDay, CalendarUnit::kWeek, CalendarUnit::kMonth}) {
    for (const Day day : {Day{INT32_MIN}, Day{-1}, Day{0}, Day{INT32_MAX} - 40}) {
      const std::int64_t number = UnitOf(unit, day);
      const Day next = FirstDayOf(unit, number + 1);
      EXPECT_LE(FirstDayOf(unit, number), day);
      EXPECT_GT(next, day);
      EXPECT_EQ(UnitOf(unit, next), number + 1);
      EXPECT_EQ(UnitOf(unit, next - 1), number);
    }
  }
}

TEST(ActivityProperty, PartsMakeTheWhole) {
  std::mt19937_64 rng(20251129);
  for (int round = 0; round < kRounds / 4; ++round) {
    std::vector<Deed> all;
    Activity merged(Memory());
    for (std::size_t part = 0; part < 1 + rng() % 3; ++part) {
      const auto deeds = RandomDeeds(rng, 6);
      all.insert(all.end(), deeds.begin(), deeds.end());
      switch (rng() % 3) {
        case 0:
          AddAll(&merged, deeds);
          break;
        case 1:
          merged.Merge(ImageOf(deeds));
          break;
        default:
          merged.Merge(BuildFormOf(deeds, rng() % 9));
      }
      if (rng() % 3 == 0) merged.ImageSize();  // flattening changes nothing
    }
    std::shuffle(all.begin(), all.end(), rng);
    ASSERT_EQ(ImageOf(merged), ImageOf(all)) << "round " << round;
  }
}

TEST(CohortRetentionProperty, AgreesWithTheDefinition) {
  std::mt19937_64 rng(20251130);
  for (int round = 0; round < kRounds / 12; ++round) {
    SCOPED_TRACE(round);
    RetentionQuestion question;
    question.unit = RandomUnit(rng);
    const auto deeds = RandomDeeds(rng, question.unit == CalendarUnit::kDay    ? 6
                                        : question.unit == CalendarUnit::kWeek ? 30
                                                                               : 120);
    question.kind = static_cast<RetentionKind>(rng() % 3);
    question.recurring = rng() % 2 == 0;
    question.periods = static_cast<int>(rng() % 6);
    std::vector<std::int32_t> edges(1, static_cast<std::int32_t>(rng() % 2));
    while (edges.size() < 4) {
      edges.push_back(edges.back() + static_cast<std::int32_t>(1 + rng() % 3));
    }
    question.edges = edges;
    const Image image = ImageOf(deeds);
    const ActivityView view(image);
    const auto entries = view.Entries(Memory());
    if (rng() % 2 == 0 && !entries.empty()) {
      question.until = entries.back().day + static_cast<std::int64_t>(rng() % 20) - 10;
    }
    const auto unit = [&](std::int64_t day) { return UnitOf(question.unit, day); };
    const oracle::Activity slow(deeds, unit);
    const CohortRetention fast(view, question, Memory());

    std::vector<RetentionCell> expected;
    for (const auto& [cohort, members] : slow.Cohorts(question.recurring)) {
      const Day first_day = FirstDayOf(question.unit, cohort);
      ASSERT_EQ(UsersOf(fast.Members(first_day)), members);
      const Day last_day = entries.back().day;
      const Day until = question.until.value_or(last_day);
      const int cells = question.kind == RetentionKind::kBracket ? 3 : question.periods + 1;
      for (int cell = 0; cell < cells; ++cell) {
        std::int64_t first = cell;
        std::int64_t last = cell;
        std::int64_t over = cell;
        if (question.kind == RetentionKind::kUnbounded) last = 1'000'000;
        if (question.kind == RetentionKind::kBracket) {
          first = edges[static_cast<std::size_t>(cell)];
          over = last = edges[static_cast<std::size_t>(cell) + 1] - 1;
        }
        const auto users = slow.Returned(cohort, first, last, question.recurring);
        ASSERT_EQ(UsersOf(fast.Returned(first_day, static_cast<int>(first))), users);
        // Shown once it has begun, and `until` has: it is not over.
        const Day begins = FirstDayOf(question.unit, cohort + first);
        if (begins > last_day && begins > until) continue;
        expected.push_back({first_day, static_cast<int>(first), members.size(), users.size(),
                            FirstDayOf(question.unit, cohort + over + 1) <= until});
      }
    }
    const auto matrix = fast.Matrix();
    ASSERT_EQ(matrix.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(matrix[i].cohort, expected[i].cohort);
      ASSERT_EQ(matrix[i].period, expected[i].period);
      ASSERT_EQ(matrix[i].size, expected[i].size);
      ASSERT_EQ(matrix[i].users, expected[i].users);
      ASSERT_EQ(matrix[i].complete, expected[i].complete);
    }
    if (HasFatalFailure()) return;
  }
}

TEST(CohortRetention, RefusesQuestionsWithoutSense) {
  const Image image = ImageOf({});
  const ActivityView view(image);
  const auto ask = [&view](const RetentionQuestion& question) {
    return CohortRetention(view, question, Memory()).Matrix().size();
  };
  RetentionQuestion question;
  EXPECT_EQ(ask(question), 0u);
  question.periods = -1;
  EXPECT_THROW(ask(question), Error);
  question.periods = kMaxPeriods + 1;
  EXPECT_THROW(ask(question), Error);
  question.kind = RetentionKind::kBracket;
  for (const auto& edges : std::vector<std::vector<std::int32_t>>{
           {}, {0}, {1, 1}, {3, 2}, {-1, 2}, std::vector<std::int32_t>(2000, 1)}) {
    question.edges = edges;
    EXPECT_THROW(ask(question), Error);
  }
  const std::vector<std::int32_t> most{0, INT32_MAX};
  question.edges = most;
  EXPECT_EQ(ask(question), 0u);
  question = {};
  EXPECT_THROW(CohortRetention(view, question, Memory()).Returned(0, 1), Error);
}

TEST(LifecycleProperty, AgreesWithTheDefinition) {
  std::mt19937_64 rng(20251201);
  for (int round = 0; round < kRounds / 12; ++round) {
    const CalendarUnit unit = RandomUnit(rng);
    const auto deeds = RandomDeeds(rng, unit == CalendarUnit::kDay ? 6 : 100);
    const Image image = ImageOf(deeds);
    const ActivityView view(image);
    const oracle::Activity slow(deeds, [unit](std::int64_t day) { return UnitOf(unit, day); });
    const auto entries = view.Entries(Memory());
    std::optional<Day> until;
    if (rng() % 2 == 0 && !entries.empty()) {
      until = entries.back().day + static_cast<std::int64_t>(rng() % 80) - 10;
    }
    const auto periods = Lifecycle(view, unit, until, Memory());
    if (entries.empty()) {
      ASSERT_TRUE(periods.empty());
      continue;
    }
    const Day not_over = until.value_or(entries.back().day);
    std::int64_t number = UnitOf(unit, entries.front().day);
    oracle::Users seen;
    for (const LifecyclePeriod& period : periods) {
      const auto now = slow.Active(number);
      const auto before = slow.Active(number - 1);
      LifecyclePeriod expected{FirstDayOf(unit, number), 0, 0, 0, 0, false};
      for (const auto user : now) {
        (before.contains(user) ? expected.returning
         : seen.contains(user) ? expected.resurrecting
                               : expected.fresh)++;
      }
      for (const auto user : before) expected.dormant += now.contains(user) ? 0 : 1;
      ASSERT_EQ(period.first_day, expected.first_day) << "round " << round;
      ASSERT_EQ(period.fresh, expected.fresh) << "round " << round;
      ASSERT_EQ(period.returning, expected.returning) << "round " << round;
      ASSERT_EQ(period.resurrecting, expected.resurrecting) << "round " << round;
      ASSERT_EQ(period.dormant, expected.dormant) << "round " << round;
      ASSERT_EQ(period.complete, FirstDayOf(unit, number + 1) <= not_over);
      seen.insert(now.begin(), now.end());
      ++number;
    }
    ASSERT_EQ(number, UnitOf(unit, std::max<Day>(entries.back().day, not_over)) + 1);
  }
}

TEST(StickinessProperty, AgreesWithTheDefinition) {
  std::mt19937_64 rng(20251202);
  for (int round = 0; round < kRounds / 8; ++round) {
    const bool all = rng() % 3 == 0;
    const CalendarUnit unit = RandomUnit(rng);
    const auto deeds = RandomDeeds(rng, 12);
    const Image image = ImageOf(deeds);
    const oracle::Activity slow(deeds,
                                [&](std::int64_t day) { return all ? 0 : UnitOf(unit, day); });
    const auto rows = Stickiness(ActivityView(image),
                                 all ? std::nullopt : std::optional<CalendarUnit>(unit), Memory());
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto counts = slow.DaysActive(all ? 0 : UnitOf(unit, rows[i].first_day));
      const auto found = counts.find(rows[i].days);
      ASSERT_EQ(rows[i].users, found == counts.end() ? 0 : found->second) << "round " << round;
      sum += rows[i].users;
      const bool last_of_span = i + 1 == rows.size() || rows[i + 1].first_day != rows[i].first_day;
      if (!last_of_span) continue;
      ASSERT_EQ(rows[i].days, counts.rbegin()->first);
      ASSERT_EQ(sum, rows[i].active);
      sum = 0;
    }
    ASSERT_EQ(rows.empty(), ActivityView(image).size() == 0);
  }
}

TEST(Distribution, CountsDaysIntoBins) {
  std::vector<Deed> deeds;
  for (std::uint32_t user = 1; user <= 12; ++user) {
    for (std::int64_t day = 0; day < user; ++day) deeds.push_back({user, day * 9, true, false});
  }
  const Image image = ImageOf(deeds);
  const std::vector<std::int32_t> edges{2, 3, 7};
  const auto bins = Distribution(ActivityView(image), edges, Memory());
  ASSERT_EQ(bins.size(), 3u);
  EXPECT_EQ(bins[0].users, 1u);
  EXPECT_EQ(bins[1].users, 4u);
  EXPECT_EQ(bins[2].users, 6u);
  EXPECT_EQ(bins[2].active, 12u);
  for (const auto& wrong : std::vector<std::vector<std::int32_t>>{{}, {0}, {2, 2}, {3, 1}}) {
    EXPECT_THROW(Distribution(ActivityView(image), wrong, Memory()), Error);
  }
}

// One wrong bit anywhere: an error, or another activity; the readers stay inside the bytes.
TEST(ActivityProperty, WrongBytesDoNoHarm) {
  std::mt19937_64 rng(20251203);
  for (int round = 0; round < kRounds / 16; ++round) {
    const auto deeds = RandomDeeds(rng, 6);
    Image bytes = rng() % 2 == 0 ? ImageOf(deeds) : BuildFormOf(deeds, rng() % 5);
    if (rng() % 4 == 0) bytes.resize(rng() % (bytes.size() + 1));
    for (std::size_t flips = 0; flips < 1 + rng() % 3 && !bytes.empty(); ++flips) {
      bytes[rng() % bytes.size()] ^= static_cast<std::byte>(1 << rng() % 8);
    }
    try {
      const ActivityView view(bytes);
      RetentionQuestion question;
      question.periods = 3;
      CohortRetention(view, question, Memory()).Matrix();
      Stickiness(view, CalendarUnit::kWeek, Memory());
      Lifecycle(view, CalendarUnit::kMonth, std::nullopt, Memory());
    } catch (const Error&) {
    }
    try {
      const auto image = CheckedActivity(bytes, ErrorCode::kInvalidBinary, Memory());
      ASSERT_EQ(CheckedActivity(image, ErrorCode::kInvalidBinary, Memory()), image);
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::kInvalidBinary) << error.what();
    }
  }
}

}  // namespace
}  // namespace cdp::behavior
