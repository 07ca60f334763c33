#include "core/base/recall.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace cdp {
namespace {

// A cache over Recall as its owners write it: what is asked the second time is held if it may be.
class Cache {
 public:
  Cache(std::size_t max_bytes, std::size_t max_remembered)
      : recall_(std::pmr::new_delete_resource(), max_bytes, max_remembered) {}

  /// Whether the value was there.
  bool Ask(std::uint64_t key, std::size_t bytes) {
    Recall::Item* item = recall_.Request(key);
    EXPECT_EQ(item->bytes != 0, keys_.count(key) == 1);
    if (item->bytes != 0) return true;
    if (item->requests < 2) return false;
    const auto in_use = [this](const Recall::Item& cold) { return cold.key == in_use_; };
    const auto drop = [this, item](const Recall::Item& cold) {
      EXPECT_LT(cold.latest, item->previous);
      EXPECT_NE(cold.key, in_use_);
      Lose(cold);
    };
    if (recall_.MakeRoom(*item, bytes, in_use, drop)) {
      recall_.Hold(item, bytes, this);
      keys_.insert(key);
    }
    return false;
  }
  int Hits(std::uint64_t from, std::uint64_t end, std::size_t bytes) {
    int hits = 0;
    for (std::uint64_t key = from; key < end; ++key) hits += Ask(key, bytes);
    return hits;
  }
  void Use(std::uint64_t key) { in_use_ = key; }
  Recall& recall() { return recall_; }
  std::set<std::uint64_t>& keys() { return keys_; }

 private:
  void Lose(const Recall::Item& cold) {
    EXPECT_EQ(cold.value, this);
    EXPECT_EQ(keys_.erase(cold.key), 1u);
  }

  Recall recall_;
  std::set<std::uint64_t> keys_;
  std::uint64_t in_use_ = ~std::uint64_t{0};
};

TEST(Recall, WhatIsAskedOnceIsNotHeld) {
  Cache cache(1000, 100);
  EXPECT_EQ(cache.Hits(0, 50, 10), 0);
  EXPECT_EQ(cache.recall().held_bytes(), 0u);
  EXPECT_EQ(cache.Hits(0, 50, 10), 0);
  EXPECT_EQ(cache.Hits(0, 50, 10), 50);
  EXPECT_EQ(cache.recall().held_bytes(), 500u);
}

TEST(Recall, AWalkOverMoreThanFitsHitsWhatFits) {
  Cache cache(1000, 1000);
  for (int round = 0; round < 2; ++round) cache.Hits(0, 300, 10);
  for (int round = 0; round < 5; ++round) EXPECT_EQ(cache.Hits(0, 300, 10), 100);
}

TEST(Recall, WhatHadItsTurnMakesRoom) {
  Cache cache(1000, 1000);
  for (std::uint64_t key = 0; key < 500; ++key) {
    EXPECT_FALSE(cache.Ask(key, 400));
    EXPECT_FALSE(cache.Ask(key, 400));
    EXPECT_TRUE(cache.Ask(key, 400));
  }
  EXPECT_EQ(cache.keys(), (std::set<std::uint64_t>{498, 499}));
}

TEST(Recall, WhatCannotFitIsRefusedAndDropsNothing) {
  Cache cache(1000, 1000);
  for (int round = 0; round < 2; ++round) cache.Hits(0, 10, 100);
  for (int round = 0; round < 3; ++round) EXPECT_FALSE(cache.Ask(77, 1001));
  EXPECT_EQ(cache.keys().size(), 10u);
}

TEST(Recall, WhatIsInUseStays) {
  Cache cache(1000, 1000);
  for (int round = 0; round < 2; ++round) cache.Hits(0, 2, 500);
  cache.Use(0);
  for (int round = 0; round < 3; ++round) cache.Hits(5, 7, 600);
  EXPECT_EQ(cache.keys(), (std::set<std::uint64_t>{0, 1}));
  cache.Use(7);
  for (int round = 0; round < 3; ++round) cache.Ask(5, 600);
  EXPECT_EQ(cache.keys(), (std::set<std::uint64_t>{5}));
}

TEST(Recall, WhatGrowsLeavesLessRoom) {
  Cache cache(1000, 1000);
  for (int round = 0; round < 2; ++round) cache.Hits(0, 10, 100);
  cache.recall().Grow(cache.recall().Request(9), 350);
  EXPECT_EQ(cache.recall().held_bytes(), 1350u);
  for (int round = 0; round < 3; ++round) cache.Ask(77, 100);
  // 450 bytes of one, and five of 100.
  EXPECT_EQ(cache.recall().held_bytes(), 950u);
  EXPECT_TRUE(cache.Ask(9, 100));
}

TEST(Recall, RemembersOnlySoManyKeys) {
  Cache cache(1000, 20);
  for (int round = 0; round < 3; ++round) EXPECT_EQ(cache.Hits(0, 21, 10), 0);
  EXPECT_EQ(cache.recall().remembered(), 20u);
  EXPECT_EQ(cache.recall().held_bytes(), 0u);
}

TEST(Recall, WhatIsInUseIsNotDropped) {
  Cache cache(1000, 1000);
  for (int round = 0; round < 2; ++round) cache.Hits(0, 10, 100);
  Recall::Item* item = cache.recall().Request(0);
  for (std::uint64_t key = 100; key < 200; ++key) {
    cache.recall().Touch(item);
    for (int round = 0; round < 3; ++round) cache.Ask(key, 100);
    ASSERT_EQ(cache.keys().count(0), 1u);
    ASSERT_EQ(cache.keys().count(key), 1u);
  }
}

TEST(RecallProperty, NeverHoldsMoreThanItsBoundAndAlwaysWhatItSays) {
  std::mt19937_64 rng(51);
  for (int round = 0; round < 20; ++round) {
    Cache cache(1 + rng() % 2000, 1 + rng() % 200);
    const std::uint64_t keys = 1 + rng() % 300;
    for (int i = 0; i < 5000; ++i) {
      const std::uint64_t key = rng() % keys;
      cache.Ask(key, 1 + key * 7 % 300);  // a key's value is always as large
      std::size_t held = 0;
      for (const std::uint64_t held_key : cache.keys()) held += 1 + held_key * 7 % 300;
      ASSERT_EQ(cache.recall().held_bytes(), held);
    }
  }
}

}  // namespace
}  // namespace cdp
