#include "core/bitmap/bitmap_formula.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "oracle/bitmap64.h"

namespace cdp::bitmap {
namespace {

using PortableBytes = std::vector<std::byte>;
auto* const kMemory = std::pmr::new_delete_resource();

// A random formula, and what it means of plain sets.
template <class Value>
struct Question {
  std::string text;
  std::vector<Value> answer;
};

template <class Value>
std::vector<Value> Combined(char sign, const std::vector<Value>& a, const std::vector<Value>& b) {
  std::vector<Value> result;
  const auto into = std::back_inserter(result);
  if (sign == '&') std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), into);
  if (sign == '|') std::set_union(a.begin(), a.end(), b.begin(), b.end(), into);
  if (sign == '#') std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), into);
  if (sign == '-') std::set_difference(a.begin(), a.end(), b.begin(), b.end(), into);
  return result;
}

template <class Value>
Question<Value> Ask(const std::vector<std::vector<Value>>& sets, int depth, std::mt19937_64& rng) {
  if (depth == 0 || rng() % 6 == 0) {
    const std::size_t operand = rng() % sets.size();
    return {std::to_string(operand + 1), sets[operand]};
  }
  const char sign = "&|#-"[rng() % 4];
  const auto left = Ask(sets, depth - 1, rng);
  const auto right = Ask(sets, depth - 1, rng);
  const bool spaced = rng() % 2 == 0;
  return {'(' + left.text + (spaced ? std::string{' ', sign, ' '} : std::string{sign}) +
              right.text + ')',
          Combined(sign, left.answer, right.answer)};
}

// Bytes in blocks of just their size, so that the sanitizer sees every step beyond.
class Blocks {
 public:
  void Add(const PortableBytes& bytes) {
    auto block = std::make_unique<std::byte[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), block.get());
    views_.push_back({block.get(), bytes.size()});
    blocks_.push_back(std::move(block));
  }
  std::span<const Bytes> views() const { return views_; }

 private:
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::vector<Bytes> views_;
};

TEST(BitmapFormulaProperty, AgreesWithPlainSets) {
  std::mt19937_64 rng(20260601);
  for (int pool = 0; pool < 6; ++pool) {
    std::vector<oracle::Values> sets;
    Blocks blocks;
    for (int i = 0; i < 6; ++i) {
      const oracle::Set set = i == 5 ? oracle::Set() : oracle::RandomSet(rng);
      sets.emplace_back(set.begin(), set.end());
      blocks.Add(oracle::RandomPortable(set, rng));
    }
    for (int round = 0; round < 40; ++round) {
      const auto question = Ask(sets, 1 + round % 4, rng);
      const Formula formula(question.text, kMemory);
      ASSERT_EQ(CountFormula(formula, blocks.views(), kMemory),
                static_cast<std::int64_t>(question.answer.size()))
          << "pool " << pool << ": " << question.text;
    }
  }
}

TEST(BitmapFormulaProperty, AgreesWithPlainSetsOf64Bits) {
  std::mt19937_64 rng(20260602);
  for (int pool = 0; pool < 2; ++pool) {
    std::vector<oracle::Values64> sets;
    Blocks blocks;
    for (int i = 0; i < 5; ++i) {
      const oracle::Set64 set = i == 4 ? oracle::Set64() : oracle::RandomSet64(rng);
      sets.emplace_back(set.begin(), set.end());
      blocks.Add(oracle::Portable64By(
          set, [&rng](const oracle::Set& bucket) { return oracle::RandomPortable(bucket, rng); }));
    }
    for (int round = 0; round < 25; ++round) {
      const auto question = Ask(sets, 1 + round % 4, rng);
      const Formula formula(question.text, kMemory);
      ASSERT_EQ(CountFormula64(formula, blocks.views(), kMemory),
                static_cast<std::int64_t>(question.answer.size()))
          << "pool " << pool << ": " << question.text;
    }
  }
}

// Operators have the same rank and are taken from the left.
TEST(BitmapFormula, ReadsFromTheLeft) {
  Blocks blocks;
  blocks.Add(oracle::Portable({1, 2, 3}, [](std::uint32_t) { return false; }));
  blocks.Add(oracle::Portable({3, 4}, [](std::uint32_t) { return false; }));
  blocks.Add(oracle::Portable({1, 4, 70000}, [](std::uint32_t) { return true; }));
  const auto count = [&](const char* text) {
    return CountFormula(Formula(text, kMemory), blocks.views(), kMemory);
  };
  EXPECT_EQ(count("1"), 3);
  EXPECT_EQ(count(" ( 2 ) "), 2);
  EXPECT_EQ(count("1 | 2 & 3"), 2);
  EXPECT_EQ(count("1 | (2 & 3)"), 4);
  EXPECT_EQ(count("1-2-3"), 1);
  EXPECT_EQ(count("1-(2-3)"), 2);
  EXPECT_EQ(count("3#3"), 0);
  EXPECT_EQ(Formula("2|1|2", kMemory).operands(), 2u);
}

TEST(BitmapFormula, RefusesWhatIsNone) {
  for (const char* text : {"", " ", "0", "65", "4294967297", "1 2", "1 +2", "&1", "1&", "(1", "1)",
                           "()", "a", "1||2", "(1|2)(3)"}) {
    EXPECT_THROW(Formula(text, kMemory), Error) << text;
  }
  EXPECT_THROW(Formula(std::string(100000, '('), kMemory), Error);
  std::string chain = "1";
  for (std::uint32_t i = 1; i < Formula::kMaxTerms; ++i) chain += "|1";
  EXPECT_EQ(Formula(chain, kMemory).nodes().size(), 2 * Formula::kMaxTerms - 1);
  EXPECT_THROW(Formula(chain + "|1|1", kMemory), Error);
}

TEST(BitmapFormula, OfCorruptOperandsAnErrorOrAnyNumber) {
  std::mt19937_64 rng(20260603);
  for (int round = 0; round < 50; ++round) {
    std::vector<oracle::Values> sets(3);
    Blocks blocks;
    for (int i = 0; i < 3; ++i) {
      PortableBytes bytes = oracle::RandomPortable(oracle::RandomSet(rng), rng);
      for (std::uint64_t changes = rng() % 4; changes > 0; --changes) {
        const std::size_t range =
            rng() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 60) : bytes.size();
        bytes[rng() % range] = static_cast<std::byte>(rng());
      }
      if (rng() % 4 == 0) bytes.resize(rng() % bytes.size());
      blocks.Add(bytes);
    }
    for (int i = 0; i < 6; ++i) {
      const Formula formula(Ask(sets, 3, rng).text, kMemory);
      try {
        CountFormula(formula, blocks.views(), kMemory);
      } catch (const Error& error) {
        ASSERT_EQ(std::string(error.what()).substr(0, 22), "bitmap format is error");
      }
      try {
        CountFormula64(formula, blocks.views(), kMemory);
      } catch (const Error& error) {
        ASSERT_EQ(std::string(error.what()).substr(0, 22), "bitmap format is error");
      }
    }
  }
}

}  // namespace
}  // namespace cdp::bitmap
