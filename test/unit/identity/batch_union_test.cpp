#include "core/identity/batch_union.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory_resource>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "core/base/error.h"
#include "oracle/identity.h"

namespace cdp::identity {
namespace {

struct Link {
  std::int32_t a;
  std::int32_t b;
  std::int64_t owner_a;
  std::int64_t owner_b;
};

struct Result {
  std::vector<std::int64_t> targets;
  std::int64_t new_persons;
  std::vector<std::tuple<std::uint32_t, std::uint32_t, std::int32_t, std::int32_t>> merges;
  bool operator==(const Result&) const = default;
};

Result Computed(const std::vector<std::int32_t>& fresh, const std::vector<Link>& links) {
  std::vector<std::int32_t> a, b;
  std::vector<std::int64_t> owner_a, owner_b;
  for (const Link& link : links) {
    a.push_back(link.a);
    b.push_back(link.b);
    owner_a.push_back(link.owner_a);
    owner_b.push_back(link.owner_b);
  }
  std::pmr::monotonic_buffer_resource memory;
  const BatchUnion batch(fresh, {a, b, owner_a, owner_b}, &memory);
  Result result{{batch.targets().begin(), batch.targets().end()}, batch.new_persons(), {}};
  for (const auto& m : batch.merges()) {
    result.merges.emplace_back(m.absorbed, m.survivor, m.link_a, m.link_b);
  }
  return result;
}

/// By flooding. Persons have their OneID as node, fresh identifiers 2^32 and their place.
Result Expected(const std::vector<std::int32_t>& fresh, const std::vector<Link>& links) {
  std::map<std::int32_t, std::int64_t> place;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    place[fresh[i]] = BatchUnion::kNewPersons + static_cast<std::int64_t>(i);
  }
  std::vector<std::pair<std::int64_t, std::int64_t>> edges;
  for (const std::int32_t id : fresh) edges.emplace_back(place[id], place[id]);
  std::map<std::int64_t, std::set<std::pair<std::int32_t, std::int32_t>>> evidence;
  for (const Link& link : links) {
    const auto node = [&](std::int32_t id, std::int64_t owner) {
      return owner >= 0 ? owner : place.contains(id) ? place[id] : -1;
    };
    const std::int64_t x = node(link.a, link.owner_a);
    const std::int64_t y = node(link.b, link.owner_b);
    if (x < 0 || y < 0 || x == y) continue;
    edges.emplace_back(x, y);
    evidence[x].emplace(link.a, link.b);
    evidence[y].emplace(link.a, link.b);
  }
  std::map<std::int64_t, std::int64_t> name = oracle::Components(edges);
  Result result{{}, 0, {}};
  std::map<std::int64_t, std::int64_t> given;
  for (const std::int32_t id : fresh) {
    const std::int64_t who = name[place[id]];
    if (who >= BatchUnion::kNewPersons && !given.contains(who)) {
      given[who] = BatchUnion::kNewPersons + ++result.new_persons;
    }
    result.targets.push_back(who >= BatchUnion::kNewPersons ? given[who] : who);
  }
  for (const auto& [who, is_now] : name) {
    if (who >= BatchUnion::kNewPersons || who == is_now) continue;
    const auto [a, b] = *evidence[who].begin();
    result.merges.emplace_back(who, is_now, a, b);
  }
  return result;
}

TEST(BatchUnion, JoinsNewOnesToPersonsAndTheOldestStays) {
  // 7 and 8 are new and belong to person 3, who absorbs 4000000000; 9 is new and alone.
  const Result result =
      Computed({8, 7, 9}, {{1, 7, 4000000000, -1}, {7, 8, -1, -1}, {2, 8, 3, -1}});
  EXPECT_EQ(result.targets, (std::vector<std::int64_t>{3, 3, BatchUnion::kNewPersons + 1}));
  EXPECT_EQ(result.new_persons, 1);
  ASSERT_EQ(result.merges.size(), 1u);
  EXPECT_EQ(result.merges[0], std::tuple(4000000000u, 3u, 1, 7));
}

TEST(BatchUnion, OfNothingIsNothing) { EXPECT_EQ(Computed({}, {}), (Result{{}, 0, {}})); }

TEST(BatchUnion, EndsWithoutPersonThatAreNotFreshJoinNobody) {
  EXPECT_EQ(Computed({5}, {{5, 6, -1, -1}, {6, 7, -1, 9}}),
            (Result{{BatchUnion::kNewPersons + 1}, 1, {}}));
}

TEST(BatchUnion, RefusesWhatCannotBe) {
  std::pmr::monotonic_buffer_resource memory;
  const std::vector<std::int32_t> ids{1};
  const std::vector<std::int64_t> owners{BatchUnion::kNewPersons};
  EXPECT_THROW(BatchUnion({}, {ids, {}, owners, owners}, &memory), Error);
  EXPECT_THROW(BatchUnion({}, {ids, ids, owners, owners}, &memory), Error);
}

TEST(BatchUnion, AgreesWithFloodingAndDoesNotSeeTheOrder) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 300; ++round) {
    const int persons = static_cast<int>(random() % 8) + 1;
    const int known = static_cast<int>(random() % 20);
    std::map<std::int32_t, std::int64_t> owner;
    for (int id = 1; id <= known; ++id) {
      owner[id] = random() % 9 == 0 ? -1 : static_cast<std::int64_t>(random() % persons) << 29;
    }
    std::vector<std::int32_t> fresh;
    for (int id = known + 1; id <= known + 10; ++id) {
      fresh.push_back(id);
      owner[id] = -1;
    }
    std::shuffle(fresh.begin(), fresh.end(), random);
    std::vector<Link> links;
    for (unsigned i = 0; i < random() % 25; ++i) {
      const int a = static_cast<int>(random() % (known + 10)) + 1;
      const int b = static_cast<int>(random() % (known + 10)) + 1;
      links.push_back(
          {std::min(a, b), std::max(a, b), owner[std::min(a, b)], owner[std::max(a, b)]});
    }
    const Result expected = Expected(fresh, links);
    EXPECT_EQ(Computed(fresh, links), expected);
    std::shuffle(links.begin(), links.end(), random);
    EXPECT_EQ(Computed(fresh, links), expected);
  }
}

}  // namespace
}  // namespace cdp::identity
