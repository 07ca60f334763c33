#include "core/timeline/code_marks.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace cdp::timeline {
namespace {

class CodeMarksTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { UsePortableMarks(GetParam()); }
  void TearDown() override { UsePortableMarks(false); }
};

// The bytes are as many as they are, so the address sanitizer sees a load behind them.
TEST_P(CodeMarksTest, TellEachCodeOfTheSet) {
  std::mt19937_64 rng(20250711);
  for (int round = 0; round < 3000; ++round) {
    std::set<int> set;
    CodeMarks marks;
    for (std::size_t i = rng() % 20; i > 0; --i) {
      const int code = static_cast<int>(rng() % 256);
      set.insert(code);
      marks.Add(static_cast<std::uint8_t>(code));
    }
    const std::size_t count = rng() % (CodeMarks::kBlock + 1);
    std::vector<std::byte> codes(count + (rng() % 2 == 0 ? rng() % 80 : 0));
    for (std::byte& code : codes) {
      // Codes near those of the set, so that many of them are members.
      const auto near = set.empty() ? 0 : *std::next(set.begin(), rng() % set.size());
      code = static_cast<std::byte>(rng() % 2 == 0 ? rng() : near + rng() % 3 - 1);
    }
    CodeMarks::Words words;
    marks.Mark(codes.data(), count, codes.data() + codes.size(), words);
    std::vector<std::size_t> marked, wanted;
    ForEachMark(words, count, [&](std::size_t i) { marked.push_back(i); });
    for (std::size_t i = 0; i < count; ++i) {
      if (set.contains(std::to_integer<int>(codes[i]))) wanted.push_back(i);
    }
    ASSERT_EQ(marked, wanted) << "round " << round;
  }
}

TEST_P(CodeMarksTest, TellCodesApart) {
  std::mt19937_64 rng(20250712);
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::uint8_t> wanted(rng() % 8);
    for (auto& code : wanted) code = static_cast<std::uint8_t>(rng() % 4 * 85);
    const std::size_t count = rng() % 200;
    std::vector<std::byte> codes(count + (rng() % 2 == 0 ? rng() % 80 : 0));
    for (std::byte& code : codes) code = static_cast<std::byte>(rng() % 4 * 85);
    const std::size_t words = (count + 63) / 64;
    const std::size_t stride = words + rng() % 2;
    std::vector<std::uint64_t> rows(wanted.size() * stride), expected(rows);
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      for (std::size_t i = 0; i < count; ++i) {
        if (codes[i] == std::byte{wanted[k]}) expected[k * stride + i / 64] |= 1ULL << (i % 64);
      }
    }
    MarkEach(codes.data(), count, codes.data() + codes.size(), wanted, rows.data(), stride);
    ASSERT_EQ(rows, expected) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, CodeMarksTest, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Portable" : "Best"; });

}  // namespace
}  // namespace cdp::timeline
