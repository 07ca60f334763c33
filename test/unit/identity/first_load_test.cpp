#include "core/identity/first_load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory_resource>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/error.h"
#include "oracle/identity.h"

namespace cdp::identity {
namespace {

using Status = FirstLoad::Status;
using Name = std::pair<std::string, std::string>;  // type and value

struct Row {
  std::string source;
  Name a;
  Name b;
  std::int64_t at;
  double weight = 1;
};

struct Kind {
  std::int32_t id;
  std::int32_t rank;
  std::int32_t limit;
  std::int32_t of_it;
  std::int32_t of_a_person;
};
const std::map<std::string, Kind> kKinds{
    {"phone", {2, 30, 3, 4, 2}}, {"email", {1, 90, 2, 2, 1}}, {"device", {3, 100, 1, 0, 0}}};

/// What a test has beside its rows.
struct Rules {
  std::set<Name> blocked;
  std::vector<FirstLoad::Placeholder> placeholders;
  bool is_limited = false;  // to kinds' of_a_person
  std::int32_t size_cap = 0;
};

struct Person {
  Status status;
  std::uint32_t number;
  std::uint32_t person;
  std::int64_t first_seen;
  std::int64_t last_seen;
  bool operator==(const Person&) const = default;
};
using Evidence = std::tuple<Name, Name, std::string, std::uint32_t, double, std::int64_t,
                            std::int64_t, std::string>;

struct Result {
  std::map<Name, Person> people;
  std::vector<Evidence> links;
  bool operator==(const Result&) const = default;
};

std::string ReasonOf(const FirstLoad::Refusal& refusal) {
  using Cause = FirstLoad::Refusal::Cause;
  if (refusal.cause == Cause::kNone) return "";
  if (refusal.cause == Cause::kBlocked) return "blocked";
  const std::string limit = std::to_string(refusal.limit) + " of " +
                            (refusal.other == nullptr ? "all" : std::string(refusal.other->name));
  return refusal.cause == Cause::kLimited ? "person: " + limit : limit;
}

Result Loaded(const std::vector<Row>& rows, const Rules& rules) {
  FirstLoad load(std::pmr::new_delete_resource());
  for (const Row& row : rows) {
    load.Add(
        {row.source, row.a.first, row.a.second, row.b.first, row.b.second, row.at, row.weight});
  }
  for (std::size_t i = 0; i < load.types(); ++i) {
    const Kind& kind = kKinds.at(std::string(load.type(i).name));
    load.DescribeType(i, {.name = {},
                          .id = kind.id,
                          .rank = kind.rank,
                          .fanout_limit = kind.limit,
                          .neighbour_limit = kind.of_it,
                          .person_limit = rules.is_limited ? kind.of_a_person : 0});
  }
  load.SetSizeCap(rules.size_cap);
  load.Number(0);
  const auto name_of = [&load](std::size_t n) {
    return Name(load.type(load.identifier(n).type).name, load.identifier(n).value);
  };
  for (std::size_t i = 0; i < load.identifiers(); ++i) {
    if (rules.blocked.contains(name_of(i))) load.Block(i);
  }
  load.BlockPlaceholders(rules.placeholders);
  load.Resolve();
  Result result;
  std::uint64_t refused = 0;
  for (std::size_t i = 0; i < load.identifiers(); ++i) {
    const auto& one = load.identifier(i);
    result.people[name_of(i)] = {one.status, static_cast<std::uint32_t>(i), one.person,
                                 one.first_seen, one.last_seen};
  }
  for (std::size_t i = 0; i < load.links(); ++i) {
    const auto& link = load.link(i);
    const auto refusal = load.refusal(link);
    refused += refusal.cause != FirstLoad::Refusal::Cause::kNone;
    result.links.emplace_back(name_of(link.a), name_of(link.b), load.source(link), link.n,
                              link.weight, link.first_seen, link.last_seen, ReasonOf(refusal));
  }
  EXPECT_EQ(refused, load.refused());
  return result;
}

using Links = std::map<std::tuple<std::uint32_t, std::uint32_t, std::string>, Evidence>;

/// Takes the pairs that may be united, the best first, and notes on the others why they may not.
std::vector<std::pair<std::int64_t, std::int64_t>> SlowlyUnited(const std::vector<Name>& names,
                                                                const Rules& rules, Links* links) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<double, std::int64_t>> best;
  for (const auto& [key, link] : *links) {
    if (!std::get<7>(link).empty()) continue;
    const auto turn = std::pair(-std::get<4>(link), std::get<5>(link));
    const auto [at, is_new] = best.emplace(std::pair(std::get<0>(key), std::get<1>(key)), turn);
    at->second = std::min(at->second, turn);
  }
  std::vector<std::tuple<double, std::int64_t, std::uint32_t, std::uint32_t>> order;
  for (const auto& [ends, turn] : best) {
    order.emplace_back(turn.first, turn.second, ends.first, ends.second);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::set<std::uint32_t>> persons;
  for (std::uint32_t n = 0; n < names.size(); ++n) persons.push_back({n});
  std::vector<std::pair<std::int64_t, std::int64_t>> united;
  for (const auto& [weight, at, a, b] : order) {
    std::set<std::uint32_t> both = persons[a];
    both.insert(persons[b].begin(), persons[b].end());
    std::string reason;
    if (rules.size_cap > 0 && both.size() > static_cast<std::size_t>(rules.size_cap)) {
      reason = "person: " + std::to_string(rules.size_cap) + " of all";
    }
    for (const char* type : {"device", "email", "phone"}) {  // the strongest last
      const std::int32_t most = rules.is_limited ? kKinds.at(type).of_a_person : 0;
      const auto count = std::count_if(both.begin(), both.end(),
                                       [&](std::uint32_t n) { return names[n].first == type; });
      if (most > 0 && count > most) {
        reason = "person: " + std::to_string(most) + " of " + type;
      }
    }
    if (reason.empty()) {
      for (const std::uint32_t n : both) persons[n] = both;
      united.emplace_back(a, b);
    }
    for (auto& [key, link] : *links) {
      if (std::get<0>(key) == a && std::get<1>(key) == b) std::get<7>(link) = reason;
    }
  }
  return united;
}

/// The same by the plain definitions.
Result Slow(const std::vector<Row>& rows, const Rules& rules) {
  const std::set<Name>& blocked = rules.blocked;
  Result result;
  for (const Row& row : rows) {
    for (const Name& name : {row.a, row.b}) {
      auto [at, is_new] =
          result.people.emplace(name, Person{Status::kActive, 0, 0, row.at, row.at});
      at->second.first_seen = std::min(at->second.first_seen, row.at);
      at->second.last_seen = std::max(at->second.last_seen, row.at);
      if (blocked.contains(name)) at->second.status = Status::kBlocked;
    }
  }
  std::vector<std::tuple<std::int64_t, std::int32_t, std::string, Name>> order;
  for (const auto& [name, person] : result.people) {
    order.emplace_back(person.first_seen, kKinds.at(name.first).id, name.second, name);
  }
  std::sort(order.begin(), order.end());
  std::vector<Name> names;
  for (const auto& entry : order) {
    result.people[std::get<3>(entry)].number = static_cast<std::uint32_t>(names.size());
    names.push_back(std::get<3>(entry));
  }
  std::map<Name, std::map<std::pair<std::int32_t, std::string>, std::set<Name>>> stronger;
  for (const Row& row : rows) {
    for (const auto& [x, y] : {std::pair(row.a, row.b), std::pair(row.b, row.a)}) {
      const Kind& kind = kKinds.at(y.first);
      if (!blocked.contains(y) && x != y) stronger[x][{kind.rank, y.first}].insert(y);
    }
  }
  std::map<Name, std::string> reasons;
  for (auto& [name, person] : result.people) {
    if (person.status != Status::kActive) continue;
    for (const auto& [type, neighbours] : stronger[name]) {
      const Kind& own = kKinds.at(name.first);
      const Kind& other = kKinds.at(type.second);
      std::int32_t limit = 1000;
      if (other.rank < own.rank) limit = own.limit;
      if (name.first != type.second && other.of_it > 0) limit = std::min(limit, other.of_it);
      if (neighbours.size() <= static_cast<std::size_t>(limit) || reasons.contains(name)) continue;
      person.status = Status::kShared;
      reasons[name] = std::to_string(limit) + " of " + type.second;
    }
  }
  Links links;
  for (const Row& row : rows) {
    if (row.a == row.b) continue;
    const auto x = result.people[row.a].number;
    const auto y = result.people[row.b].number;
    const Name& a = names[std::min(x, y)];
    const Name& b = names[std::max(x, y)];
    std::string reason;
    if (result.people[a].status == Status::kBlocked ||
        result.people[b].status == Status::kBlocked) {
      reason = "blocked";
    } else {
      for (const Name& name : {a, b}) {
        if (!reasons.contains(name)) continue;
        reason = reason.empty() ? reasons[name] : std::min(reason, reasons[name]);
      }
    }
    auto [at, is_new] =
        links.try_emplace({std::min(x, y), std::max(x, y), row.source},
                          Evidence{a, b, row.source, 0, row.weight, row.at, row.at, reason});
    Evidence& link = at->second;
    ++std::get<3>(link);
    std::get<4>(link) = std::max(std::get<4>(link), row.weight);
    std::get<5>(link) = std::min(std::get<5>(link), row.at);
    std::get<6>(link) = std::max(std::get<6>(link), row.at);
  }
  const auto component = oracle::Components(SlowlyUnited(names, rules, &links));
  for (const auto& [key, link] : links) result.links.push_back(link);
  std::uint32_t persons = 0;
  for (std::uint32_t number = 0; number < names.size(); ++number) {
    Person& person = result.people[names[number]];
    if (person.status != Status::kActive) continue;
    const auto at = component.find(number);
    const auto root = at == component.end() ? number : static_cast<std::uint32_t>(at->second);
    person.person = root == number ? ++persons : result.people[names[root]].person;
  }
  return result;
}

TEST(FirstLoad, AgreesWithThePlainDefinitionInAnyOrder) {
  std::mt19937_64 rng(20250402);
  const char* types[] = {"phone", "email", "device"};
  for (int round = 0; round < 600; ++round) {
    std::vector<Row> rows;
    const std::uint64_t values = 1 + rng() % 12;
    const auto name = [&] { return Name(types[rng() % 3], "v" + std::to_string(rng() % values)); };
    for (std::uint64_t count = rng() % 60; count > 0; --count) {
      rows.push_back({rng() % 2 == 0 ? "crm" : "app", name(), name(),
                      static_cast<std::int64_t>(rng() % 9), static_cast<double>(rng() % 3) / 2});
    }
    Rules rules;
    if (round % 2 == 0) rules.blocked = {name(), name()};
    rules.is_limited = round % 3 == 0;
    if (round % 5 == 0) rules.size_cap = static_cast<std::int32_t>(1 + rng() % 6);
    const Result fast = Loaded(rows, rules);
    ASSERT_EQ(fast, Slow(rows, rules)) << "round " << round;
    std::shuffle(rows.begin(), rows.end(), rng);
    for (Row& row : rows) {
      if (rng() % 2 == 0) std::swap(row.a, row.b);
    }
    ASSERT_EQ(Loaded(rows, rules), fast) << "round " << round;
  }
}

TEST(FirstLoad, ManyIdentifiersGrowTheTables) {
  std::vector<Row> rows;
  for (int i = 0; i < 20000; ++i) {
    rows.push_back({"crm",
                    {"phone", "a phone of more than eight bytes " + std::to_string(i)},
                    {"email", std::to_string(i / 2)},
                    i});
  }
  const Result result = Loaded(rows, {});
  EXPECT_EQ(result.people.size(), 30000u);
  EXPECT_EQ(result.links.size(), 20000u);
  EXPECT_EQ((result.people.at({"email", "9999"}).person), 10000u);
}

TEST(FirstLoad, ColumnsMixedUpAreNoTrap) {
  FirstLoad load(std::pmr::new_delete_resource());
  for (int i = 0; i < 100000; ++i) {
    const std::string text = std::to_string(i);
    load.Add({text, text, "a", text, "b", 0, 1});
  }
  EXPECT_EQ(load.types(), 100000u);
  load.Number(0);
  load.Resolve();
  EXPECT_EQ(load.links(), 100000u);
  EXPECT_EQ(load.persons(), 100000u);
}

struct Seen {
  std::int32_t id = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool operator==(const Seen&) const = default;
};
struct Count {
  std::uint32_t n = 0;
  double weight = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool operator==(const Count&) const = default;
};
struct Store {
  std::map<Name, Seen> people;
  std::map<std::tuple<std::int32_t, std::int32_t, std::string>, Count> links;
  bool operator==(const Store&) const = default;
};

void Sight(Seen* seen, std::int64_t at) {
  seen->first = std::min(seen->first, at);
  seen->last = std::max(seen->last, at);
}

void Note(Count* count, const Count& more) {
  const bool is_new = count->n == 0;
  count->n += more.n;
  count->weight = std::max(count->weight, more.weight);
  count->first = is_new ? more.first : std::min(count->first, more.first);
  count->last = is_new ? more.last : std::max(count->last, more.last);
}

/// One row after the other, new ones numbered when all rows of the batch have been seen.
void LoadSlowly(const std::vector<Row>& rows, Store* store) {
  std::map<Name, Seen> fresh;
  for (const Row& row : rows) {
    for (const Name& name : {row.a, row.b}) {
      const auto stored = store->people.find(name);
      Sight(stored != store->people.end()
                ? &stored->second
                : &fresh.try_emplace(name, Seen{0, row.at, row.at}).first->second,
            row.at);
    }
  }
  std::vector<std::tuple<std::int64_t, std::int32_t, std::string, Name>> order;
  for (const auto& [name, seen] : fresh) {
    order.emplace_back(seen.first, kKinds.at(name.first).id, name.second, name);
  }
  std::sort(order.begin(), order.end());
  for (const auto& entry : order) {
    const Name& name = std::get<3>(entry);
    const auto id = static_cast<std::int32_t>(store->people.size()) + 1;
    store->people[name] = {id, fresh.at(name).first, fresh.at(name).last};
  }
  for (const Row& row : rows) {
    const std::int32_t a = store->people.at(row.a).id;
    const std::int32_t b = store->people.at(row.b).id;
    if (a == b) continue;
    Note(&store->links[{std::min(a, b), std::max(a, b), row.source}],
         {1, row.weight, row.at, row.at});
  }
}

void LoadInMemory(const std::vector<Row>& rows, Store* store) {
  FirstLoad load(std::pmr::new_delete_resource());
  for (const Row& row : rows) {
    load.Add(
        {row.source, row.a.first, row.a.second, row.b.first, row.b.second, row.at, row.weight});
    load.See(row.a.first, row.a.second, row.at, row.at);
  }
  for (std::size_t i = 0; i < load.types(); ++i) {
    load.DescribeType(i, {.name = {},
                          .id = kKinds.at(std::string(load.type(i).name)).id,
                          .rank = 0,
                          .fanout_limit = 0,
                          .neighbour_limit = 0,
                          .person_limit = 0});
  }
  const auto name_of = [&load](const FirstLoad::Identifier& one) {
    return Name(load.type(one.type).name, one.value);
  };
  const auto by_value = load.LineUpByValue();
  ASSERT_EQ(by_value.size(), load.met());
  for (std::size_t i = 1; i < by_value.size(); ++i) {
    const auto& left = load.met(by_value[i - 1]);
    const auto& right = load.met(by_value[i]);
    EXPECT_LT(std::pair(load.type(left.type).id, left.value),
              std::pair(load.type(right.type).id, right.value));
  }
  for (const std::uint32_t i : by_value) {
    const auto stored = store->people.find(name_of(load.met(i)));
    if (stored == store->people.end()) continue;
    load.Know(i, stored->second.id, stored->second.first, stored->second.last, 1000 + i);
  }
  load.Number(static_cast<std::uint32_t>(store->people.size()));
  for (std::size_t i = 0; i < load.identifiers(); ++i) {
    const auto& one = load.identifier(i);
    const auto id = static_cast<std::int32_t>(store->people.size()) + 1;
    EXPECT_EQ(load.IdOf(name_of(one).first, one.value), id);
    store->people[name_of(one)] = {id, one.first_seen, one.last_seen};
  }
  for (std::size_t i = 0; i < load.met(); ++i) {
    const auto& one = load.met(i);
    Seen& seen = store->people.at(name_of(one));
    const Seen before = seen;
    Sight(&seen, one.first_seen);
    Sight(&seen, one.last_seen);
    EXPECT_EQ(one.is_wider, before != seen);
    if (one.is_stored) {
      EXPECT_EQ(load.row(i), 1000 + i);
    }
  }
  std::int32_t before = 0;
  for (const std::uint32_t place : load.LineUpWider()) {
    const auto id = static_cast<std::int32_t>(load.met(place).number) + 1;
    EXPECT_TRUE(load.met(place).is_wider && id > before);
    before = id;
    load.Noted(place);
  }
  EXPECT_TRUE(load.LineUpWider().empty());
  load.SortLinks();
  const auto key_of = [&load](const FirstLoad::Link& link) {
    return std::tuple(static_cast<std::int32_t>(link.a) + 1, static_cast<std::int32_t>(link.b) + 1,
                      std::string(load.source(link)));
  };
  for (std::size_t i = 0; i < load.links(); ++i) {
    const bool is_stored = store->links.contains(key_of(load.link(i)));
    if (is_stored) load.KnowLink(i, 2000 + i);
    EXPECT_TRUE(!is_stored || load.MayBeStored(load.link(i)));
    EXPECT_EQ(load.is_stored(i), is_stored);
    EXPECT_EQ(load.is_seen_again(i), is_stored);
    EXPECT_EQ(load.link_row(i), is_stored ? 2000 + i : 0);
    if (is_stored && i % 2 == 0) load.LinkNoted(i);
    EXPECT_EQ(load.is_stored(i), is_stored);
    EXPECT_EQ(load.is_seen_again(i), is_stored && i % 2 != 0);
  }
  for (std::size_t i = 0; i < load.links(); ++i) {
    const auto& link = load.link(i);
    Note(&store->links[key_of(link)], {link.n, link.weight, link.first_seen, link.last_seen});
  }
}

TEST(FirstLoad, LaterLoadsAddToWhatIsStored) {
  std::mt19937 random(20261122);
  const std::vector<std::string> kinds{"phone", "email", "device"};
  for (int round = 0; round < 20; ++round) {
    Store expected;
    Store computed;
    for (int batch = 0; batch < 8; ++batch) {
      std::vector<Row> rows;
      for (unsigned i = 0; i < random() % 40; ++i) {
        const auto name = [&] { return Name(kinds[random() % 3], std::to_string(random() % 15)); };
        rows.push_back({"s" + std::to_string(random() % 2), name(), name(),
                        static_cast<std::int64_t>(random() % 50), (random() % 11) / 10.0});
      }
      LoadSlowly(rows, &expected);
      std::shuffle(rows.begin(), rows.end(), random);
      LoadInMemory(rows, &computed);
      ASSERT_EQ(computed, expected);
    }
  }
}

TEST(FirstLoad, PlaceholdersAreBlockedWhateverTheirCase) {
  std::vector<Row> rows;
  for (const char* value : {"N/A", "n/a", "n/a ", "Null", "13"}) {
    rows.push_back({"s", {"phone", value}, {"email", value}, 1});
  }
  Rules rules;
  rules.placeholders = {{0, "n/a"}, {1, "null"}, {7, "13"}, {0, ""}};
  std::set<Name> blocked;
  for (const auto& [name, person] : Loaded(rows, rules).people) {
    if (person.status == Status::kBlocked) blocked.insert(name);
  }
  EXPECT_EQ(blocked, (std::set<Name>{{"phone", "N/A"},
                                     {"phone", "n/a"},
                                     {"email", "N/A"},
                                     {"email", "n/a"},
                                     {"email", "Null"}}));
}

TEST(FirstLoad, NothingIsNothing) {
  const Result result = Loaded({}, {});
  EXPECT_TRUE(result.people.empty());
  FirstLoad load(std::pmr::new_delete_resource());
  load.Number(0);
  EXPECT_THROW(load.Block(0), Error);
  EXPECT_THROW(load.DescribeType(0, {}), Error);
  EXPECT_THROW(load.Know(0, 1, 0, 0, 0), Error);
  EXPECT_THROW(load.KnowLink(0, 1), Error);
  EXPECT_THROW(load.IdOf("phone", "1"), Error);
  load.SortLinks();
  EXPECT_THROW(load.KnowLink(0, 1), Error);
}

}  // namespace
}  // namespace cdp::identity
