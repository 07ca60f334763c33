#include "core/audience/evaluate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <string>

#include "core/bsi/bsi.h"
#include "oracle/audience_people.h"
#include "unit/sanitized.h"

namespace cdp::audience {
namespace {

constexpr Day kToday = 9282;  // 2025-05-31

/// An arbitrary answer, always the same for the same leaf and person.
bool Otherwise(const Node& leaf, std::uint32_t id) {
  return std::hash<std::string>()(PrintRule(leaf) + std::to_string(id)) % 3 == 0;
}

/// People and the sets that are stored of them.
class World : public Source {
 public:
  explicit World(std::map<std::uint32_t, oracle::Person> people) : people_(std::move(people)) {
    everyone_ = SetOf([](std::uint32_t, const oracle::Person&) { return true; });
  }

  const std::map<std::uint32_t, oracle::Person>& people() const { return people_; }
  const std::vector<std::string>& asked() const { return asked_; }

  Bytes Everyone() override {
    asked_.push_back("everyone");
    return everyone_;
  }

  Scale ScaleOfTag(const Node& leaf) override {
    asked_.push_back(PrintRule(leaf));
    return leaf.name[0] == 'n' ? Scale::kNumber : leaf.name[0] == 'd' ? Scale::kDay : Scale::kText;
  }

  Bytes TagNumbers(const Node& leaf) override {
    return BsiOf([&](const oracle::Person& person) -> std::optional<long> {
      const auto number = person.numbers.find(leaf.name);
      if (number == person.numbers.end()) return std::nullopt;
      return number->second;
    });
  }

  std::span<const TagValue> TagValues(const Node& leaf) override {
    static constexpr std::string_view kValues[] = {"a", "b", "c"};
    std::vector<TagValue>& values = values_.emplace_back();
    for (const std::string_view value : kValues) {
      values.push_back({value, SetOf([&](std::uint32_t, const oracle::Person& person) {
                          const auto tag = person.values.find(leaf.name);
                          return tag != person.values.end() &&
                                 tag->second.contains(std::string(value));
                        })});
    }
    return values;
  }

  std::span<const EventDay> EventDays(const Node& leaf, DaySpan span, DayPart part) override {
    asked_.push_back(PrintRule(leaf));
    const std::string& name = leaf.events.front().name;
    std::set<long> days;
    for (const auto& [id, person] : people_) {
      const auto event = person.events.find(name);
      if (event == person.events.end()) continue;
      for (const auto& [day, times] : event->second) {
        if (span.from <= day && day <= span.to) days.insert(day);
      }
    }
    std::vector<EventDay>& found = days_.emplace_back();
    for (const long day : days) {
      const auto times = [&](const oracle::Person& person) -> std::optional<long> {
        const auto event = person.events.find(name);
        if (event == person.events.end() || !event->second.contains(day)) return std::nullopt;
        return event->second.at(day);
      };
      const Bytes numbers = BsiOf(times);
      if (part == DayPart::kPeople) {
        found.push_back({bsi::BsiView(numbers).id_bytes(), {}});
      } else {
        found.push_back({{}, numbers});
      }
    }
    return found;
  }

  IdSet Other(const Node& leaf, const IdSet* within) override {
    asked_.push_back(PrintRule(leaf));
    const bool answers_only_within = within != nullptr && ++others_ % 2 == 0;
    return IdSet(SetOf([&](std::uint32_t id, const oracle::Person&) {
                   return (!answers_only_within || within->view().Contains(id)) &&
                          Otherwise(leaf, id);
                 }),
                 std::pmr::new_delete_resource());
  }

  std::uint64_t Cost(const Node& leaf) override { return PrintRule(leaf).size(); }

 private:
  template <class Test>
  Bytes SetOf(Test test) {
    std::vector<std::uint32_t> ids;
    for (const auto& [id, person] : people_) {
      if (test(id, person)) ids.push_back(id);
    }
    return sets_.emplace_back(std::span<const std::uint32_t>(ids), std::pmr::new_delete_resource())
        .bytes();
  }

  template <class NumberOf>
  Bytes BsiOf(NumberOf number_of) {
    std::vector<bsi::Row> rows;
    for (const auto& [id, person] : people_) {
      if (const auto number = number_of(person)) rows.push_back({id, *number});
    }
    bsi::Bsi numbers(rows, std::pmr::new_delete_resource());
    std::vector<std::byte>& image = images_.emplace_back(numbers.ImageSize());
    numbers.WriteImage(image.data());
    return image;
  }

  std::map<std::uint32_t, oracle::Person> people_;
  Bytes everyone_;
  std::deque<IdSet> sets_;
  std::deque<std::vector<std::byte>> images_;
  std::deque<std::vector<TagValue>> values_;
  std::deque<std::vector<EventDay>> days_;
  std::vector<std::string> asked_;
  unsigned others_ = 0;
};

std::map<std::uint32_t, oracle::Person> RandomPeople(std::mt19937_64& rng) {
  std::map<std::uint32_t, oracle::Person> people;
  for (std::uint64_t i = rng() % 60; i > 0; --i) {
    // Some close together, some in containers of their own, some at the end.
    const std::uint32_t id = rng() % 3 == 0   ? static_cast<std::uint32_t>(rng())
                             : rng() % 9 == 0 ? 0xffffffffu - static_cast<std::uint32_t>(rng() % 3)
                                              : static_cast<std::uint32_t>(rng() % 200);
    oracle::Person& person = people[id];
    for (const char* tag : {"v1", "v2"}) {
      for (const char* value : {"a", "b", "c"}) {
        if (rng() % 4 == 0) person.values[tag].insert(value);
      }
    }
    if (rng() % 3 != 0) person.numbers["n1"] = static_cast<long>(rng() % 13) - 6;
    if (rng() % 3 != 0) person.numbers["d1"] = kToday + static_cast<long>(rng() % 100) - 50;
    for (const char* event : {"e1", "e2"}) {
      for (std::uint64_t days = rng() % 5; days > 0; --days) {
        person.events[event][kToday - static_cast<long>(rng() % 40) + 5] +=
            static_cast<long>(1 + rng() % 3);
      }
    }
  }
  return people;
}

std::string Pick(std::mt19937_64& rng, const std::vector<std::string>& words) {
  return words[rng() % words.size()];
}

std::string RandomRule(std::mt19937_64& rng, int depth) {
  if (depth > 0 && rng() % 4 != 0) {
    std::string text;
    const std::string word = Pick(rng, {" and ", " or ", " but not "});
    for (std::uint64_t i = 2 + rng() % 3; i > 0; --i) {
      text += (text.empty() ? "" : word) + (word[1] != 'b' && rng() % 4 == 0 ? "not " : "") + "(" +
              RandomRule(rng, depth - 1) + ")";
    }
    return text;
  }
  const std::string day =
      Pick(rng, {"today", "7 days ago", "2 weeks ago", "1 month ago", "1 year ago", "in 3 days",
                 "2025-05-20", "2025-05-31", "2024-02-29"});
  const std::string later = Pick(rng, {"today", "in 1 week", "2025-06-05", "3 days ago"});
  const std::string order = Pick(rng, {"<", "<=", ">", ">=", "=", "<>"});
  const std::string number = Pick(rng, {"0", "1", "2", "3", "-2.5", "0.25", "5", "-100", "99",
                                        "99999999999999999999", "-99999999999999999999.5"});
  const std::string window =
      Pick(rng, {"", " in last 7 days", " in last 3 weeks", " in last 1 month", " since " + day,
                 " since 2 hours ago", " until " + day, " between " + day + " and " + later});
  const std::string count = Pick(rng, {"0", "1", "2", "3"});
  switch (rng() % 10) {
    case 0:
      return Pick(rng, {"everyone", "audience:x", "attr.x = 1", "top 3 by tag:n1",
                        "e1 then not e2 within 1 day", "e1 where (p = 1)", "sum(p) of e1 > 2",
                        "e1 in last 3 hours", "attr.y is not set", "id(phone) in (1, 2)"});
    case 1:
    case 2:
      return Pick(rng, {"tag:v1", "tag:v2"}) + Pick(rng, {"", " is not set", " = a", " <> b",
                                                          " in (a, c)", " not in (b, z)", " = z"});
    case 3:
      return "tag:n1" +
             Pick(rng, {"", " is not set", " " + order + " " + number, " between -2 and " + number,
                        " in (1, 2.5, -3)", " not in (0, 1, 2)"});
    case 4:
      return "tag:d1 " + Pick(rng, {Pick(rng, {"<", "<=", ">", ">="}) + " " + day,
                                    "between " + day + " and " + later, "= 2025-05-20",
                                    "in (2025-05-20, 2025-05-21)"});
    case 5:
    case 6:
      return Pick(rng, {"e1", "e2", "e3"}) +
             (rng() % 3 == 0 ? "" : " " + order + " " + count + " times") + window;
    case 7:
      return "e1 between 1 and " + count + " times" + window;
    case 8:
      return "days of " + Pick(rng, {"e1", "e2", "e3"}) + " " + order + " " + count + window;
    default:
      return Pick(rng, {"first ", "last "}) + Pick(rng, {"e1", "e2", "e3"}) + window;
  }
}

std::vector<std::uint32_t> IdsOf(const IdSet& set) {
  std::vector<std::uint32_t> ids(set.Cardinality());
  set.view().Decode(ids.data());
  return ids;
}

void AppendNodes(const Node& node, std::vector<const Node*>* nodes) {
  nodes->push_back(&node);
  for (const Node& part : node.parts) AppendNodes(part, nodes);
}

TEST(EvaluateProperty, AgreesWithOnePersonAfterTheOther) {
  std::mt19937_64 rng(20260101);
  const oracle::PersonTest test(kToday, Otherwise);
  std::string before = "everyone";
  for (int round = 0; round < Rounds(2000); ++round) {
    World world(RandomPeople(rng));
    std::string text = RandomRule(rng, static_cast<int>(rng() % 4));
    // The same parts in several places, about different people.
    if (rng() % 4 == 0) {
      text = "(" + before + " and (" + text + ")) or (tag:v1 = a and not (" + text + ")) or (" +
             text + " and " + before + " and e1)";
    } else {
      before = "(" + text + ")";
    }
    const Node rule = ParseRule(text);
    const auto expected = [&](const Node& node) {
      std::vector<std::uint32_t> ids;
      for (const auto& [id, person] : world.people()) {
        if (test.Means(node, id, person)) ids.push_back(id);
      }
      return ids;
    };
    Evaluator evaluator(rule, &world, kToday, std::pmr::new_delete_resource());
    ASSERT_EQ(IdsOf(evaluator.Run()), expected(rule)) << "round " << round << ": " << text;
    std::vector<const Node*> nodes;
    AppendNodes(rule, &nodes);
    Evaluator by_parts(rule, &world, kToday, std::pmr::new_delete_resource());
    const auto figures = by_parts.Figures();
    ASSERT_EQ(figures.size(), nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      ASSERT_EQ(figures[i].people, expected(*nodes[i]).size())
          << "round " << round << ", node " << i << ": " << text;
    }
  }
}

/// What is asked of the source, in order.
std::vector<std::string> Asked(const std::string& text) {
  std::map<std::uint32_t, oracle::Person> people;
  people[1].values["v1"] = {"a"};
  people[2].values["v1"] = {"b"};
  people[2].numbers["n1"] = 5;
  World world(people);
  const Node rule = ParseRule(text);
  Evaluator(rule, &world, kToday, std::pmr::new_delete_resource()).Run();
  return world.asked();
}

TEST(Evaluate, TheCheapestIsAskedFirstAndNobodyIsTheEnd) {
  using Words = std::vector<std::string>;
  // Nobody has c, so nothing else is asked.
  EXPECT_EQ(Asked("attr.very_long_name = 1 and tag:v1 = c and e1 >= 2 times"), Words{"tag:v1 = c"});
  // What means those of whom nothing is stored comes last, however cheap.
  EXPECT_EQ(Asked("not tag:v1 and tag:n1 >= 1000"), Words{"tag:n1 >= 1000"});
  EXPECT_EQ(Asked("e3 < 1 times and tag:n1 in (1, 2, 3)"), Words{"tag:n1 in (1, 2, 3)"});
  // Everybody who is left is in.
  EXPECT_EQ(Asked("tag:v1 = a and (attr.very_long_name = 1 or tag:v1)"),
            (Words{"tag:v1 = a", "tag:v1"}));
}

TEST(Evaluate, WhatStandsThereTwiceIsAskedOnce) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(Asked("(tag:v1 = a and attr.x = 1) or (tag:v1 = a and tag:n1)"),
            (Words{"tag:n1", "tag:v1 = a", "attr.x = 1"}));
  // Whatever the order of the parts.
  EXPECT_EQ(Asked("(tag:v1 or tag:n1) and not (tag:n1 or tag:v1)"), (Words{"tag:v1", "tag:n1"}));
  // About some of those whom it has been asked about, too: attr.x = 1 means none of them.
  EXPECT_EQ(Asked("tag:v1 and (attr.x = 1 or (attr.x = 1 and tag:v1 = b))"),
            (Words{"tag:v1", "attr.x = 1"}));
}

TEST(Evaluate, WhatATagCannotBeAskedIsAnError) {
  EXPECT_THROW(Asked("tag:v1 > 3"), Error);
  EXPECT_THROW(Asked("tag:n1 = gold"), Error);
  EXPECT_THROW(Asked("tag:d1 > now"), Error);
  // Numbers are no days, whichever way they are compared.
  for (const char* day : {"= 2025-01-01", "<> 2025-01-01", "in (3, 2025-01-01)",
                          "not in (2025-01-01, 2025-01-02)", "> 2025-01-01"}) {
    EXPECT_THROW(Asked(std::string("tag:n1 ") + day), Error) << day;
  }
  for (const char* number : {"= 3", "<> 3", "in (2025-01-01, 3)", "not in (3, 4)", "> 3"}) {
    EXPECT_THROW(Asked(std::string("tag:d1 ") + number), Error) << number;
  }
}

TEST(RuleRange, MonthsEndWhereTheyEnd) {
  const auto day_of = [](const std::string& text, Day today) {
    return DayOf(ParseScalar(text), today);
  };
  EXPECT_EQ(day_of("2000-01-01", 0), 0);
  EXPECT_EQ(day_of("2025-05-31", 0), kToday);
  EXPECT_EQ(day_of("0001-01-01", 0), -730119);
  EXPECT_EQ(day_of("3 months ago", kToday), day_of("2025-02-28", 0));
  EXPECT_EQ(day_of("15 months ago", kToday), day_of("2024-02-29", 0));
  EXPECT_EQ(day_of("in 1 month", kToday), day_of("2025-06-30", 0));
  EXPECT_EQ(day_of("today", kToday), kToday);
  EXPECT_EQ(day_of("now", kToday), std::nullopt);
  EXPECT_EQ(day_of("24 hours ago", kToday), std::nullopt);
  EXPECT_EQ(day_of("2025-05-31 00:00", kToday), std::nullopt);
  EXPECT_EQ(DaysOf(ParseRule("a in last 1 day").window, kToday), (DaySpan{kToday, kToday}));
  EXPECT_EQ(DaysOf(ParseRule("a in last 2 months").window, kToday),
            (DaySpan{*day_of("2025-04-01", 0), kToday}));
  EXPECT_EQ(DaysOf(ParseRule("a until today").window, kToday), (DaySpan{INT64_MIN, kToday}));
  EXPECT_EQ(DaysOf(ParseRule("a in last 90 minutes").window, kToday), std::nullopt);
  // As far as words reach.
  EXPECT_LT(*day_of("1000000 years ago", kToday), -365'000'000);
}

TEST(RuleRange, FractionsAreRoundedToWhatTheyMean) {
  const auto range_of = [](const std::string& test) {
    return *RangeOf(ParseRule("tag:x " + test).test, kToday);
  };
  EXPECT_EQ(range_of("< 2.5"), (Range{-kNoNumber, 2, true}));
  EXPECT_EQ(range_of("< 2"), (Range{-kNoNumber, 1, true}));
  EXPECT_EQ(range_of(">= 2.5"), (Range{3, kNoNumber, true}));
  EXPECT_EQ(range_of("> -2.5"), (Range{-2, kNoNumber, true}));
  EXPECT_EQ(range_of("between -2.5 and 2.5"), (Range{-2, 2, true}));
  EXPECT_FALSE(range_of("= 2.5").Holds(2));
  EXPECT_TRUE(range_of("<> 2.5").Holds(2));
  // The greatest number that a rule may have is not beyond all of them.
  const std::string greatest(38, '9');
  EXPECT_LT(range_of(">= " + greatest).low, kNoNumber);
  EXPECT_GT(range_of("< -" + greatest).high, -kNoNumber);
}

}  // namespace
}  // namespace cdp::audience
