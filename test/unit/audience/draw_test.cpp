#include "core/audience/draw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "core/audience/share.h"
#include "core/bitmap/bitmap_cursor.h"

namespace cdp::audience {
namespace {

using Ids = std::vector<std::uint32_t>;

Ids IdsOf(const bsi::IdSet& set) {
  Ids ids(set.Cardinality());
  if (!ids.empty()) set.view().Decode(ids.data());
  return ids;
}

Ids Drawn(const Ids& people, std::uint64_t count, std::string_view salt) {
  auto* memory = std::pmr::new_delete_resource();
  const bsi::IdSet set(std::span<const std::uint32_t>(people), memory);
  return IdsOf(Draw(set.bytes(), count, salt, memory));
}

Ids Expected(Ids people, std::uint64_t count, std::string_view salt) {
  const Lottery lottery(salt);
  std::sort(people.begin(), people.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(lottery.Share(a), a) < std::pair(lottery.Share(b), b);
  });
  people.resize(std::min<std::uint64_t>(count, people.size()));
  std::sort(people.begin(), people.end());
  return people;
}

TEST(Draw, TakesTheSmallestShares) {
  std::mt19937_64 rng(20261122);
  for (int round = 0; round < 30; ++round) {
    Ids people(rng() % 12'000);
    const std::uint32_t mask = round % 2 == 0 ? 0xffffffffu : 0x3fffu;
    for (auto& id : people) id = static_cast<std::uint32_t>(rng()) & mask;
    std::sort(people.begin(), people.end());
    people.erase(std::unique(people.begin(), people.end()), people.end());
    for (const std::uint64_t count :
         {std::uint64_t{0}, std::uint64_t{1}, rng() % 700, rng() % 12'000,
          std::uint64_t{people.size()}, ~std::uint64_t{0}}) {
      ASSERT_EQ(Drawn(people, count, "a"), Expected(people, count, "a"))
          << "round " << round << ", " << count << " of " << people.size();
    }
  }
}

TEST(Draw, WhoIsDrawnStaysSo) {
  Ids people(5'000);
  for (std::uint32_t i = 0; i < people.size(); ++i) people[i] = 7 * i;
  const Ids few = Drawn(people, 1'000, "a");
  const Ids more = Drawn(people, 1'500, "a");
  EXPECT_TRUE(std::includes(more.begin(), more.end(), few.begin(), few.end()));
  Ids others;
  std::set_difference(people.begin(), people.end(), more.begin(), more.end(),
                      std::back_inserter(others));
  Ids fewer_people = few;
  fewer_people.insert(fewer_people.end(), others.begin(), others.begin() + 100);
  std::sort(fewer_people.begin(), fewer_people.end());
  EXPECT_EQ(Drawn(fewer_people, 1'000, "a"), few);
  EXPECT_NE(Drawn(people, 1'000, "b"), few);
}

}  // namespace
}  // namespace cdp::audience
