#include "core/behavior/ruled_funnel.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/timeline/timeline_writer.h"
#include "oracle/behavior_rules.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

using timeline::FullEvent;

std::vector<std::byte> ImageOf(std::vector<FullEvent> events) {
  std::sort(events.begin(), events.end());
  const std::span<const FullEvent> sorted(events);
  const auto layout = timeline::MeasureEvents(sorted, std::pmr::get_default_resource());
  std::vector<std::byte> image(layout.size());
  timeline::WriteImage(layout, sorted, image.data());
  return image;
}

FullEvent EventOf(Micros at, std::int32_t code) {
  FullEvent event{};
  event.at = at;
  event.code = code;
  return event;
}

std::vector<FullEvent> Codes(const std::vector<std::int32_t>& codes) {
  std::vector<FullEvent> events;
  for (const std::int32_t code : codes) {
    events.push_back(EventOf(static_cast<Micros>(events.size()) + 1, code));
  }
  return events;
}

struct Answer {
  int depth;
  std::vector<Micros> chain;
  std::vector<std::optional<std::int32_t>> properties;  ///< the second one, by step
  std::vector<std::vector<Micros>> attempts;
};

Answer Ask(const std::vector<FullEvent>& events, const RuledQuestion& question) {
  const auto image = ImageOf(events);
  const timeline::View view{std::span<const std::byte>(image)};
  std::pmr::monotonic_buffer_resource memory;
  RuledFunnel funnel(question, &memory);
  Answer answer;
  answer.depth = funnel.Depth(view);
  answer.chain.resize(static_cast<std::size_t>(funnel.steps()));
  answer.chain.resize(static_cast<std::size_t>(funnel.Chain(view, answer.chain.data())));
  for (int step = 1; step <= funnel.steps(); ++step) {
    answer.properties.push_back(funnel.Split(view, step, 2).property);
  }
  funnel.ForEachAttempt(view, &memory, [&](const FunnelAttempt&, std::span<const Micros> times) {
    answer.attempts.emplace_back(times.begin(), times.end());
  });
  return answer;
}

int Depth(const std::vector<FullEvent>& events, const RuledQuestion& question) {
  return Ask(events, question).depth;
}

/// A funnel made up at random: its question as text, and what it means.
struct Made {
  // What a step or an exclusion asks of an event: a code, and perhaps a least value or a property.
  struct Alternative {
    std::int32_t code;
    std::optional<std::int64_t> least;
    std::optional<std::int32_t> property;

    bool Fits(const FullEvent& event) const {
      if (event.code != code) return false;
      if (least && !(event.has_value() && event.value >= *least)) return false;
      return !property || (event.has_property(2) && event.properties[1] == *property);
    }
    std::string Text() const {
      std::string text = std::to_string(code);
      if (least && property) {
        return text + "[value >= " + std::to_string(*least) +
               " and p2 = " + std::to_string(*property) + "]";
      }
      if (least) text += "[value>=" + std::to_string(*least) + "]";
      if (property) text += "[p2 in (" + std::to_string(*property) + ")]";
      return text;
    }
  };
  std::vector<std::vector<Alternative>> steps;
  std::vector<std::vector<Alternative>> excluded;
  std::vector<std::pair<int, int>> between;

  static std::string Join(const std::vector<Alternative>& alternatives) {
    std::string text;
    for (const Alternative& each : alternatives) text += (text.empty() ? "" : "|") + each.Text();
    return text;
  }
  std::string Steps() const {
    std::string text;
    for (const auto& step : steps) text += (text.empty() ? "" : ", ") + Join(step);
    return text;
  }
  std::string Exclusions() const {
    std::string text;
    for (std::size_t i = 0; i < excluded.size(); ++i) {
      text += (text.empty() ? "" : ", ") + Join(excluded[i]) + " between " +
              std::to_string(between[i].first) + " and " + std::to_string(between[i].second);
    }
    return text;
  }
  static std::uint64_t Bits(const std::vector<std::vector<Alternative>>& all,
                            const FullEvent& event) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (const Alternative& each : all[i]) {
        if (each.Fits(event)) bits |= std::uint64_t{1} << i;
      }
    }
    return bits;
  }
};

class Maker {
 public:
  explicit Maker(std::mt19937_64* rng) : rng_(*rng), codes_(2 + rng_() % 4) {}

  std::vector<Made::Alternative> Alternatives(bool conditions) {
    std::vector<Made::Alternative> made;
    do {
      Made::Alternative each{static_cast<std::int32_t>(rng_() % codes_), {}, {}};
      if (conditions && rng_() % 3 == 0) each.least = static_cast<std::int64_t>(rng_() % 3);
      if (conditions && rng_() % 3 == 0) each.property = static_cast<std::int32_t>(rng_() % 2);
      made.push_back(each);
    } while (rng_() % 4 == 0);
    return made;
  }

  Made Funnel() {
    Made made;
    const bool conditions = rng_() % 3 == 0;
    const int steps = 1 + static_cast<int>(rng_() % 4);
    for (int i = 0; i < steps; ++i) made.steps.push_back(Alternatives(conditions));
    while (steps > 1 && rng_() % 5 < 2) {
      made.excluded.push_back(Alternatives(conditions));
      const int from = 1 + static_cast<int>(rng_() % static_cast<unsigned>(steps - 1));
      const int to = from + 1 + static_cast<int>(rng_() % static_cast<unsigned>(steps - from));
      made.between.emplace_back(from, to);
    }
    return made;
  }

  std::vector<FullEvent> Events() {
    std::vector<FullEvent> events(rng_() % 10);
    const std::uint64_t instants = 1 + rng_() % 12;
    for (FullEvent& event : events) {
      event = EventOf(static_cast<Micros>(rng_() % instants),
                      static_cast<std::int32_t>(rng_() % codes_));
      if (rng_() % 3 != 0) {
        event.present |= 1;
        event.value = static_cast<std::int64_t>(rng_() % 3);
      }
      if (rng_() % 4 != 0) {
        event.present |= 2;
        event.properties[0] = static_cast<std::int32_t>(rng_() % 2) * 7;
      }
      if (rng_() % 4 != 0) {
        event.present |= 4;
        event.properties[1] = static_cast<std::int32_t>(rng_() % 2);
      }
    }
    return events;
  }

 private:
  std::mt19937_64& rng_;
  std::uint64_t codes_;
};

/// The second property of the events that take the steps of a chain.
std::vector<std::optional<std::int32_t>> PropertiesOf(std::vector<FullEvent> events,
                                                      const Made& made, const oracle::Chain& chain,
                                                      std::optional<std::int32_t> holder) {
  std::sort(events.begin(), events.end());
  std::vector<std::optional<std::int32_t>> properties(made.steps.size());
  for (std::size_t step = 0; step < chain.size(); ++step) {
    const auto found = std::find_if(events.begin(), events.end(), [&](const FullEvent& event) {
      return event.at == chain[step] && (Made::Bits(made.steps, event) >> step & 1) != 0 &&
             (!holder || (event.has_property(1) && event.properties[0] == *holder));
    });
    if (found->has_property(2)) {
      properties[step] = static_cast<std::int32_t>(found->properties[1]);
    }
  }
  return properties;
}

TEST(RuledFunnelProperty, AgreesWithTheDefinition) {
  std::mt19937_64 rng(20250301);
  for (int round = 0; round < kRounds; ++round) {
    Maker maker(&rng);
    const Made made = maker.Funnel();
    const auto events = maker.Events();
    const std::uint64_t window = rng() % 12;
    oracle::Rules rules;
    rules.steps = static_cast<int>(made.steps.size());
    rules.last_instant = [window](std::int64_t at) {
      return at + static_cast<std::int64_t>(window);
    };
    rules.exclusions = made.between;
    // Half of the rounds have a mode without rules of its own.
    FunnelMode mode{rng() % 4 == 0, rng() % 4 == 0, rng() % 3 == 0, rng() % 3 == 0, false};
    mode.reentry = mode.order && rng() % 3 == 0;
    rules.mode = {mode.order, mode.deduplicate, mode.increase, mode.once, mode.reentry};
    const auto entry = static_cast<FunnelEntry>(rng() % 3);
    rules.entry = static_cast<oracle::Entry>(entry);
    if (rng() % 2 == 0) {
      for (int i = 1; i < rules.steps; ++i) {
        rules.step_windows.push_back(rng() % 3 == 0 ? kNoStepWindow : rng() % 8);
      }
    }
    const int hold = rng() % 3 == 0 ? 1 : 0;

    std::map<std::int32_t, std::vector<oracle::RuleRow>> held;
    for (const FullEvent& event : events) {
      if (hold != 0 && !event.has_property(1)) continue;
      held[hold == 0 ? 0 : event.properties[0]].push_back(
          {event.at, Made::Bits(made.steps, event), Made::Bits(made.excluded, event)});
    }
    std::vector<oracle::Chain> attempts;
    oracle::Chain wanted;
    std::optional<std::int32_t> holder;  // the value held by the winning chain
    for (const auto& [value, rows] : held) {
      const auto of_value = oracle::RuleAttempts(rows, rules);
      attempts.insert(attempts.end(), of_value.begin(), of_value.end());
      const auto best = oracle::BestChain(of_value);
      if (!oracle::ChainWins(best, wanted)) continue;
      wanted = best;
      if (hold != 0) holder = value;
    }
    std::sort(attempts.begin(), attempts.end());

    const std::string steps = made.Steps();
    const std::string exclude = made.Exclusions();
    const Answer answer = Ask(events, {.steps = steps,
                                       .window = FunnelWindow(window),
                                       .mode = mode,
                                       .entry = entry,
                                       .step_windows = rules.step_windows,
                                       .exclude = exclude,
                                       .hold = hold});
    std::string what = "round " + std::to_string(round) + " mode " +
                       std::to_string(PackFunnelMode(mode)) + " entry " +
                       std::to_string(static_cast<int>(entry)) + " steps " + steps + " exclude " +
                       exclude + " hold " + std::to_string(hold) + " window " +
                       std::to_string(window) + " step windows";
    for (const std::uint64_t each : rules.step_windows) what += " " + std::to_string(each);
    what += " events";
    for (const FullEvent& event : events) {
      what += " " + std::to_string(event.at) + ":" + std::to_string(event.code);
    }
    ASSERT_EQ(answer.chain, wanted) << what;
    ASSERT_EQ(answer.depth, static_cast<int>(wanted.size())) << what;
    ASSERT_EQ(answer.attempts, attempts) << what;
    ASSERT_EQ(answer.properties, PropertiesOf(events, made, wanted, holder)) << what;
  }
}

TEST(RuledFunnel, MixpanelsExampleOfEntries) {
  // A 13:00, A 13:30, B 13:45, C 14:15 in minutes; window an hour.
  const std::vector<FullEvent> events = {EventOf(0, 1), EventOf(30, 1), EventOf(45, 2),
                                         EventOf(75, 3)};
  RuledQuestion question{.steps = "1, 2, 3", .window = FunnelWindow(60)};
  EXPECT_EQ(Depth(events, question), 3);
  question.entry = FunnelEntry::kFirst;
  EXPECT_EQ(Depth(events, question), 2);
  question.entry = FunnelEntry::kEvery;
  EXPECT_EQ(Ask(events, question).attempts, (std::vector<std::vector<Micros>>{{0, 45}}));
}

TEST(RuledFunnel, EveryAttemptBeginsAfterTheOneBefore) {
  const auto events = Codes({1, 2, 1, 1, 2, 2, 1});
  const RuledQuestion question{
      .steps = "1, 2", .window = FunnelWindow(10), .entry = FunnelEntry::kEvery};
  EXPECT_EQ(Ask(events, question).attempts,
            (std::vector<std::vector<Micros>>{{1, 2}, {3, 5}, {7}}));
}

TEST(RuledFunnel, AnExclusionEndsWhatWasReached) {
  RuledQuestion question{.steps = "1, 2, 3", .window = FunnelWindow(100), .exclude = "9"};
  EXPECT_EQ(Depth(Codes({1, 2, 9, 3}), question), 2);
  EXPECT_EQ(Depth(Codes({1, 9, 1, 2, 3}), question), 3);
  EXPECT_EQ(Depth(Codes({9, 1, 2, 3, 9}), question), 3);
  question.exclude = "9 between 1 and 2";
  EXPECT_EQ(Depth(Codes({1, 2, 9, 3}), question), 3);
  EXPECT_EQ(Depth(Codes({1, 9, 2, 3}), question), 1);
  // At the instant of a step it lies between no two.
  EXPECT_EQ(Depth({EventOf(1, 1), EventOf(5, 9), EventOf(5, 2), EventOf(6, 3)}, question), 3);
}

TEST(RuledFunnel, StepWindowsLookFurtherThanTheNextStep) {
  const std::uint64_t windows[] = {kNoStepWindow, 2};
  const RuledQuestion question{
      .steps = "1, 2, 3", .window = FunnelWindow(100), .step_windows = windows};
  // The second 2 is not the earliest, but the only one that leads on.
  EXPECT_EQ(Ask(Codes({1, 2, 0, 0, 2, 3}), question).chain, (std::vector<Micros>{1, 5, 6}));
}

TEST(RuledFunnel, CalendarWindowsEndAtMidnight) {
  constexpr Micros kHour = kMicrosPerHour;
  const auto ask = [](Micros first, Micros second, CalendarUnit unit, int units) {
    return Depth({EventOf(first, 1), EventOf(second, 2)},
                 {.steps = "1, 2", .window = FunnelWindow(unit, units, Zone())});
  };
  // 2000-01-01 was a Saturday.
  EXPECT_EQ(ask(0, 24 * kHour - 1, CalendarUnit::kDay, 1), 2);
  EXPECT_EQ(ask(0, 24 * kHour, CalendarUnit::kDay, 1), 1);
  EXPECT_EQ(ask(23 * kHour, 24 * kHour, CalendarUnit::kDay, 1), 1);
  EXPECT_EQ(ask(23 * kHour, 48 * kHour - 1, CalendarUnit::kDay, 2), 2);
  EXPECT_EQ(ask(-1, 0, CalendarUnit::kDay, 1), 1);
  EXPECT_EQ(ask(0, 48 * kHour - 1, CalendarUnit::kWeek, 1), 2);
  EXPECT_EQ(ask(0, 48 * kHour, CalendarUnit::kWeek, 1), 1);
  EXPECT_EQ(ask(0, 31 * 24 * kHour - 1, CalendarUnit::kMonth, 1), 2);
  EXPECT_EQ(ask(0, 31 * 24 * kHour, CalendarUnit::kMonth, 1), 1);
  EXPECT_EQ(ask(0, timeline::kEndInstant - 1, CalendarUnit::kMonth, INT32_MAX), 2);
  EXPECT_EQ(ask(timeline::kMinInstant, timeline::kMinInstant + 1, CalendarUnit::kMonth, 1), 2);
  EXPECT_EQ(ask(timeline::kEndInstant - 2, timeline::kEndInstant - 1, CalendarUnit::kDay, 1), 2);
}

/// Clocks that go back from 0:30 to 23:30 at instant 0, and so show a date twice.
ZoneStretch BackOverMidnight(const void*, Micros at) {
  constexpr Micros kHalf = kMicrosPerHour / 2;
  if (at < 0) return {INT64_MIN, 0, kHalf};
  return {0, INT64_MAX, -kHalf};
}

TEST(FunnelWindow, NeverEndsEarlierForALaterStart) {
  FunnelWindow window(CalendarUnit::kDay, 1, Zone(BackOverMidnight, nullptr));
  Micros before = INT64_MIN;
  for (Micros at = -3 * kMicrosPerDay; at < 3 * kMicrosPerDay; at += kMicrosPerHour / 4) {
    const Micros last = window.LastInstant(at);
    EXPECT_LE(before, last) << at;
    EXPECT_LE(at, last);
    before = last;
  }
  EXPECT_EQ(window.LastInstant(-1), window.LastInstant(0));
}

TEST(RuledFunnel, LongTimelines) {
  std::vector<FullEvent> events;
  for (int i = 0; i < 3000; ++i) {
    events.push_back(EventOf(i * 1000, i % 10));
    events.back().present = 2;
    events.back().properties[0] = i / 1000;
  }
  RuledQuestion question{
      .steps = "9, 1, 2", .window = FunnelWindow(5000), .entry = FunnelEntry::kEvery, .hold = 1};
  const Answer answer = Ask(events, question);
  // The last 9 of each thousand has no 1 of its own behind it.
  EXPECT_EQ(answer.attempts.size(), 300u);
  EXPECT_EQ(answer.chain, (std::vector<Micros>{9000, 11'000, 12'000}));
  EXPECT_EQ(answer.attempts[99], (std::vector<Micros>{999'000}));
}

// What does not meet its condition might as well not be there: over several blocks, in some of
// which nobody asks for a value.
TEST(RuledFunnel, ConditionsOfLongTimelines) {
  std::mt19937_64 rng(20250714);
  for (int round = 0; round < 60; ++round) {
    std::vector<FullEvent> events;
    std::vector<FullEvent> left;
    const auto size = static_cast<Micros>(rng() % 1500);
    const Micros quiet = static_cast<Micros>(rng() % 1500);
    for (Micros at = 0; at < size; ++at) {
      FullEvent event = EventOf(at * 1000, at < quiet ? 4 : static_cast<std::int32_t>(rng() % 5));
      event.present = rng() % 4;
      if ((event.present & 1) != 0) event.value = static_cast<std::int64_t>(rng() % 10);
      if ((event.present & 2) != 0) event.properties[0] = static_cast<std::int32_t>(rng() % 3);
      events.push_back(event);
      const bool has_value = (event.present & 1) != 0;
      const bool has_property = (event.present & 2) != 0;
      const bool kept = event.code == 1   ? has_value && event.value != 3
                        : event.code == 2 ? (has_value && event.value >= 8) ||
                                                (has_property && event.properties[0] == 1)
                                          : event.code == 3 && !has_property;
      if (kept) left.push_back(event);
    }
    const FunnelWindow window(1000 * (1 + rng() % 20));
    const Answer wanted = Ask(left, {.steps = "1,2,3", .window = window});
    const Answer answer = Ask(
        events, {.steps = "1[value <> 3],2[value >= 8]|2[p1 = 1],3[p1 is null]", .window = window});
    ASSERT_EQ(answer.depth, wanted.depth) << "round " << round;
    ASSERT_EQ(answer.chain, wanted.chain) << "round " << round;
  }
}

std::string MessageOf(const RuledQuestion& question) {
  std::pmr::monotonic_buffer_resource memory;
  try {
    RuledFunnel funnel(question, &memory);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(RuledFunnel, RefusesWhatMakesNoSense) {
  const std::uint64_t windows[] = {1, 2};
  EXPECT_EQ(MessageOf({.steps = "1,2", .window = FunnelWindow(1), .step_windows = windows}),
            "there are 2 step windows for 2 steps");
  EXPECT_EQ(MessageOf({.steps = "1,2", .window = FunnelWindow(1), .hold = 5}),
            "property 5 to hold does not exist");
  EXPECT_THROW(FunnelWindow(CalendarUnit::kDay, 0, Zone()), Error);
  EXPECT_THROW(ParseFunnelEntry("last"), Error);
}

}  // namespace
}  // namespace cdp::behavior
