#include "core/timeline/number_groups.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "core/base/error.h"
#include "unit/sanitized.h"

namespace cdp::timeline {
namespace {

constexpr int kRounds = kSanitized ? 10'000 : 100'000;

struct Written {
  unsigned set;
  std::vector<std::byte> bytes;  // controls, then payload, then what stands behind
  std::size_t payload;
  std::size_t behind;

  GroupReader::Source Source(std::size_t count) const {
    return {bytes.data(),
            {bytes.data() + payload, behind - payload},
            bytes.data() + bytes.size(),
            count,
            set};
  }
};

Written WriteNumbers(const std::vector<std::uint64_t>& numbers, std::size_t surplus) {
  LengthCounts counts;
  for (const std::uint64_t number : numbers) counts.Add(number);
  const auto choice = counts.Best();
  Written written{choice.set, {}, ControlBytes(numbers.size()), 0};
  written.behind = written.payload + choice.bytes;
  written.bytes.resize(written.behind);
  GroupWriter writer(choice.set, written.bytes.data(), written.bytes.data() + written.payload,
                     written.bytes.data() + written.behind);
  for (const std::uint64_t number : numbers) writer.Put(number);
  EXPECT_EQ(writer.Finish(), written.bytes.data() + written.behind);
  std::vector<std::byte> exact(written.bytes);
  exact.insert(exact.end(), surplus, std::byte{0xab});
  written.bytes = exact;
  return written;
}

std::vector<std::uint64_t> RandomNumbers(std::mt19937_64& rng) {
  std::vector<std::uint64_t> numbers(rng() % 10 == 0 ? rng() % 700 : rng() % 30);
  const std::uint64_t bits = 1 + rng() % 64;
  for (std::uint64_t& number : numbers) number = rng() >> (64 - (1 + rng() % bits));
  return numbers;
}

class NumberGroups : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { UsePortableKernels(GetParam()); }
  void TearDown() override { UsePortableKernels(false); }
};

TEST_P(NumberGroups, ReadBackAndSumUp) {
  std::mt19937_64 rng(20250701);
  for (int round = 0; round < kRounds; ++round) {
    const auto numbers = RandomNumbers(rng);
    const Written written = WriteNumbers(numbers, rng() % 2 == 0 ? rng() % 120 : 0);
    const std::uint64_t factor = rng() % 2 == 0 ? 1 : 1 + rng() % 1'000'000;
    const std::uint64_t start = rng();
    const std::size_t room = 4 * (1 + rng() % 64);
    GroupReader plain(written.Source(numbers.size()), GroupReader::Give::kNumbers);
    GroupReader sums(written.Source(numbers.size()), GroupReader::Give::kSums, factor, start);
    std::vector<std::uint64_t> out(room), totals(room);
    std::size_t index = 0;
    std::uint64_t total = start;
    while (const std::size_t n = plain.Next(out.data(), room)) {
      ASSERT_EQ(sums.Next(totals.data(), room), n);
      for (std::size_t i = 0; i < n; ++i, ++index) {
        ASSERT_EQ(out[i], numbers[index]) << "round " << round;
        ASSERT_EQ(totals[i], total += numbers[index] * factor) << "round " << round;
      }
    }
    ASSERT_EQ(index, numbers.size());
  }
}

// The bytes are as many as they are, so the address sanitizer sees a load behind them.
TEST_P(NumberGroups, NeverPassTheEndWhateverTheBytes) {
  std::mt19937_64 rng(20250702);
  std::uint64_t out[GroupReader::kBlock];
  int truncated = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::size_t count = rng() % 400;
    std::vector<std::byte> bytes(ControlBytes(count) + rng() % 900);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(rng());
    if (rng() % 2 == 0) std::fill_n(bytes.begin(), ControlBytes(count), std::byte{0});
    const std::size_t behind = rng() % (bytes.size() - ControlBytes(count) + 1);
    GroupReader reader(
        {bytes.data(),
         {bytes.data() + ControlBytes(count), bytes.size() - ControlBytes(count) - behind},
         bytes.data() + bytes.size(),
         count,
         static_cast<unsigned>(rng() % 3)},
        GroupReader::Give::kSums, 1000);
    std::size_t total = 0;
    try {
      while (const std::size_t n = reader.Next(out)) total += n;
      ASSERT_EQ(total, count);
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::kCorruptData);
      ++truncated;
    }
  }
  EXPECT_GT(truncated, kRounds / 10);
  EXPECT_LT(truncated, kRounds - kRounds / 10);
}

INSTANTIATE_TEST_SUITE_P(Kernels, NumberGroups, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Portable" : "Best"; });

TEST(LengthCounts, ASetWithoutTheLengthIsNeverBest) {
  LengthCounts counts;
  for (int i = 0; i < 1 << 24; ++i) counts.Add(std::uint64_t{1} << 32);
  EXPECT_EQ(counts.Best().set, 2u);
  EXPECT_EQ(counts.Best().bytes, std::size_t{5} << 24);
  LengthCounts shorter;
  for (int i = 0; i < 1000; ++i) shorter.Add(255);
  EXPECT_EQ(shorter.Best().set, 0u);
  shorter.Add(std::uint64_t{1} << 56);
  EXPECT_EQ(shorter.Best().set, 1u);
  EXPECT_EQ(shorter.Best().bytes, 1008u);
}

TEST(ZigZag, AlternatesAndComesBack) {
  EXPECT_EQ(ZigZag(0), 0u);
  EXPECT_EQ(ZigZag(-1), 1u);
  EXPECT_EQ(ZigZag(1), 2u);
  for (const std::int64_t number : {INT64_MIN, INT64_MIN + 1, std::int64_t{-70'000},
                                    std::int64_t{12'345}, INT64_MAX - 1, INT64_MAX}) {
    EXPECT_EQ(UnZigZag(ZigZag(number)), number);
  }
}

}  // namespace
}  // namespace cdp::timeline
