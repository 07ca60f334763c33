#include "core/behavior/significance.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "core/base/error.h"
#include "oracle/significance.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

constexpr std::int64_t kMany = 1'000'000'000'000;

// Fisher, The design of experiments (1935), the lady tasting tea; Agresti, Categorical data
// analysis (2002), table 3.9.
TEST(FisherP, GivesThePublishedValues) {
  EXPECT_NEAR(*FisherP({3, 4}, {1, 4}), 34.0 / 70, 1e-15);
  EXPECT_NEAR(*FisherP({4, 4}, {0, 4}), 2.0 / 70, 1e-15);
  EXPECT_NEAR(*FisherP({21, 23}, {15, 18}), 0.6384, 5e-5);
}

// Tables far from the most frequent one have no weight, and are not walked through one by one.
TEST(FisherP, TakesTheSquareRootOfItsCounts) {
  EXPECT_LT(*FisherP({100'000'000, 1'000'000'000}, {200'000'000, 1'000'000'000}), 1e-300);
  EXPECT_LT(*FisherP({50'000'000, 100'000'000}, {55'000'000, 100'000'000}), 1e-300);
  constexpr std::int64_t kTooMany = std::int64_t{1} << 61;
  EXPECT_THROW(FisherP({kTooMany / 2, kTooMany}, {kTooMany / 3, kTooMany}), Error);
}

TEST(FisherP, KnowsItsEnds) {
  EXPECT_FALSE(FisherP({0, 0}, {1, 2}).has_value());
  EXPECT_FALSE(FisherP({1, 2}, {0, 0}).has_value());
  EXPECT_EQ(*FisherP({0, 3}, {0, 9}), 1);
  EXPECT_EQ(*FisherP({3, 3}, {9, 9}), 1);
  EXPECT_EQ(*FisherP({1, 1}, {0, 1}), 1);
  EXPECT_EQ(*FisherP({500'000, 500'000}, {0, 500'000}), 0);
  EXPECT_THROW(FisherP({2, 1}, {0, 1}), Error);
  EXPECT_THROW(FisherP({0, 1}, {-1, 1}), Error);
}

TEST(FisherP, AgreesWithCountingTables) {
  std::mt19937_64 rng(20250104);
  for (int round = 0; round < kRounds / 40; ++round) {
    const int trials_a = 1 + static_cast<int>(rng() % 40);
    const int trials_b = 1 + static_cast<int>(rng() % 60);
    const int a = static_cast<int>(rng() % static_cast<unsigned>(trials_a + 1));
    const int b = static_cast<int>(rng() % static_cast<unsigned>(trials_b + 1));
    const double expected = oracle::FisherP(a, trials_a, b, trials_b);
    ASSERT_NEAR(*FisherP({a, trials_a}, {b, trials_b}), expected, 1e-11 * (1e-3 + expected))
        << a << " of " << trials_a << ", " << b << " of " << trials_b;
    ASSERT_NEAR(*FisherP({b, trials_b}, {a, trials_a}), expected, 1e-11 * (1e-3 + expected));
  }
}

// With large counts the exact test and that of the pooled rate are one.
TEST(DifferenceP, IsExactWhereCountsAreSmall) {
  EXPECT_EQ(*DifferenceP({3, 4}, {1, 4}), *FisherP({3, 4}, {1, 4}));
  EXPECT_EQ(*DifferenceP({20, 100}, {30, 100}), Compare({20, 100}, {30, 100}, 0.95)->p);
  // 5 expected among the hundred, then a little fewer.
  EXPECT_EQ(*DifferenceP({9, 100}, {41, 900}), Compare({9, 100}, {41, 900}, 0.95)->p);
  EXPECT_EQ(*DifferenceP({9, 100}, {40, 900}), *FisherP({9, 100}, {40, 900}));
  EXPECT_EQ(*DifferenceP({91, 100}, {860, 900}), *FisherP({91, 100}, {860, 900}));
  EXPECT_NEAR(*FisherP({50'300, 100'000}, {49'900, 100'000}),
              Compare({50'300, 100'000}, {49'900, 100'000}, 0.95)->p, 1e-3);
  EXPECT_FALSE(DifferenceP({0, 0}, {1, 2}).has_value());
  EXPECT_EQ(*DifferenceP({0, kMany}, {0, 3}), 1);
  EXPECT_NEAR(*DifferenceP({1, kMany}, {1, 1}), 2.0 / kMany, 1e-15);
}

TEST(AdjustP, AgreesWithTheDefinitions) {
  std::mt19937_64 rng(20250105);
  for (int round = 0; round < kRounds / 40; ++round) {
    std::vector<double> p(rng() % 12);
    // Few different ones, so that there are ties.
    for (double& one : p) one = std::pow(static_cast<double>(rng() % 9) / 8, 3);
    const auto holm = oracle::HolmP(p);
    const auto hochberg = oracle::HochbergP(p);
    std::vector<double> mine = p;
    AdjustP(mine, Correction::kHolm, std::pmr::new_delete_resource());
    for (std::size_t i = 0; i < p.size(); ++i) ASSERT_NEAR(mine[i], holm[i], 1e-15);
    mine = p;
    AdjustP(mine, Correction::kHochberg, std::pmr::new_delete_resource());
    for (std::size_t i = 0; i < p.size(); ++i) ASSERT_NEAR(mine[i], hochberg[i], 1e-15);
  }
}

TEST(AdjustP, RefusesWhatIsNoProbability) {
  for (const double wrong : {-0.1, 1.1, std::nan("")}) {
    std::array p{0.5, wrong};
    EXPECT_THROW(AdjustP(p, Correction::kHolm, std::pmr::new_delete_resource()), Error);
  }
}

}  // namespace
}  // namespace cdp::behavior
