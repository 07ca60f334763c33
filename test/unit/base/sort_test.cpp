#include "core/base/sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace cdp {
namespace {

struct Stopped {};

TEST(SortPolledInPlace, IsASort) {
  std::mt19937 rng(20261124);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> records(rng() % 300);
    for (std::string& record : records) record = std::to_string(rng() % 500);
    std::vector<std::string> sorted = records;
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    SortPolledInPlace(std::span(records), std::greater<>());
    ASSERT_EQ(records, sorted);
  }
}

TEST(SortPolledInPlace, CanBeStopped) {
  std::vector<std::uint32_t> records(1 << 18);
  for (std::uint32_t i = 0; i < records.size(); ++i) records[i] = i * 2654435769U;
  stop_hook = [] { throw Stopped(); };
  EXPECT_THROW(SortPolledInPlace(std::span(records)), Stopped);
  stop_hook = nullptr;
  SortPolledInPlace(std::span(records));
  EXPECT_TRUE(std::is_sorted(records.begin(), records.end()));
}

}  // namespace
}  // namespace cdp
