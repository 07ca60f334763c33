#include "core/behavior/proportion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "core/base/error.h"
#include "core/behavior/distribution_functions.h"
#include "unit/behavior/rounds.h"

namespace cdp::behavior {
namespace {

constexpr std::int64_t kMany = INT64_MAX;

TEST(NormalQuantile, AgreesWithTables) {
  EXPECT_NEAR(NormalQuantile(0.5), 0, 1e-15);
  EXPECT_NEAR(NormalQuantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(NormalQuantile(0.95), 1.6448536269514722, 1e-14);
  EXPECT_NEAR(NormalQuantile(0.995), 2.5758293035489004, 1e-14);
  EXPECT_NEAR(NormalQuantile(1e-10), -6.361340902404056, 1e-12);
  EXPECT_NEAR(NormalQuantile(1e-300), -37.0471, 1e-4);
}

// Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17
// (1998), table I, method 3.
TEST(Wilson, GivesThePublishedIntervals) {
  const struct {
    std::int64_t successes, trials;
    double low, high;
  } published[] = {{81, 263, 0.2553, 0.3662},
                   {15, 148, 0.0624, 0.1605},
                   {0, 20, 0, 0.1611},
                   {1, 29, 0.0061, 0.1718}};
  for (const auto& row : published) {
    const auto interval = Wilson({row.successes, row.trials}, 0.95);
    EXPECT_NEAR(interval->low, row.low, 5e-5);
    EXPECT_NEAR(interval->high, row.high, 5e-5);
  }
}

TEST(Wilson, HoldsTheRateAtTheEnds) {
  EXPECT_FALSE(Wilson({0, 0}, 0.95).has_value());
  EXPECT_EQ(Wilson({0, 7}, 0.95)->low, 0);
  EXPECT_EQ(Wilson({7, 7}, 0.95)->high, 1);
  EXPECT_EQ(Wilson({kMany, kMany}, 0.95)->high, 1);
  EXPECT_NEAR(Wilson({kMany / 2, kMany}, 0.95)->low, 0.5, 1e-8);
}

// Newcombe, Interval estimation for the difference between independent proportions, Statistics in
// Medicine 17 (1998), table II, method 10; his difference is first less second.
TEST(Compare, GivesThePublishedIntervals) {
  const struct {
    Proportion first, second;
    double low, high;
  } published[] = {{{56, 70}, {48, 80}, 0.0524, 0.3339}, {{9, 10}, {3, 10}, 0.1705, 0.8090},
                   {{6, 7}, {2, 7}, 0.0582, 0.8062},     {{5, 56}, {0, 29}, -0.0381, 0.1926},
                   {{0, 10}, {0, 20}, -0.1611, 0.2775},  {{0, 10}, {0, 10}, -0.2775, 0.2775},
                   {{10, 10}, {0, 20}, 0.6791, 1.0},     {{10, 10}, {0, 10}, 0.6075, 1.0}};
  for (const auto& row : published) {
    const auto difference = Compare(row.second, row.first, 0.95);
    EXPECT_NEAR(difference->interval.low, row.low, 5e-5);
    EXPECT_NEAR(difference->interval.high, row.high, 5e-5);
  }
}

TEST(Compare, TestsThePooledRate) {
  // z = (0.3 - 0.2) / sqrt(0.25 * 0.75 * 2 / 100)
  const auto difference = Compare({20, 100}, {30, 100}, 0.95);
  EXPECT_NEAR(difference->diff, 0.1, 1e-15);
  EXPECT_NEAR(difference->z, 1.632993161855452, 1e-12);
  EXPECT_NEAR(difference->p, 0.10247043485974941, 1e-12);
  const auto same = Compare({0, 5}, {0, 9}, 0.95);
  EXPECT_EQ(same->z, 0);
  EXPECT_EQ(same->p, 1);
  EXPECT_FALSE(Compare({0, 0}, {1, 2}, 0.95).has_value());
  EXPECT_FALSE(Compare({1, 2}, {0, 0}, 0.95).has_value());
}

TEST(ChiSquareTail, AgreesWithTables) {
  EXPECT_NEAR(ChiSquareTail(3.841458820694124, 1), 0.05, 1e-13);
  EXPECT_NEAR(ChiSquareTail(5.991464547107979, 2), 0.05, 1e-13);
  EXPECT_NEAR(ChiSquareTail(18.307038053275146, 10), 0.05, 1e-13);
  EXPECT_NEAR(ChiSquareTail(124.34211340400407, 100), 0.05, 1e-12);
  EXPECT_EQ(ChiSquareTail(0, 3), 1);
  // With two degrees the tail is exp(-x / 2).
  EXPECT_NEAR(ChiSquareTail(700, 2) / std::exp(-350.0), 1, 1e-10);
}

TEST(StudentTail, AgreesWithTablesAndClosedForms) {
  EXPECT_NEAR(StudentTail(12.7062, 1), 0.05, 5e-7);
  EXPECT_NEAR(StudentTail(2.228139, 10), 0.05, 5e-7);
  EXPECT_NEAR(StudentTail(1.983972, 100), 0.05, 5e-7);
  for (const double t : {0.1, 1.0, 3.0, 50.0}) {
    EXPECT_NEAR(StudentTail(t, 1), 1 - 2 / M_PI * std::atan(t), 1e-13);
    EXPECT_NEAR(StudentTail(t, 2), 1 - t / std::sqrt(2 + t * t), 1e-13);
  }
  EXPECT_NEAR(StudentTail(1.959963984540054, 1e9), 0.05, 1e-6);
  EXPECT_EQ(StudentTail(0, 5), 1);
}

// The sleep data of Student (1908), as two independent groups.
TEST(Welch, GivesTheTextbookAnswer) {
  const auto answer = Welch({10, 2.33, 2.002249}, {10, 0.75, 1.789010}, 0.95);
  EXPECT_NEAR(answer->t, -1.8608, 5e-5);
  EXPECT_NEAR(answer->degrees, 17.776, 5e-4);
  EXPECT_NEAR(answer->p, 0.07939, 5e-6);
  EXPECT_NEAR(answer->interval.low, -3.3654832, 5e-6);
  EXPECT_NEAR(answer->interval.high, 0.2054832, 5e-6);
}

TEST(Welch, NeedsValuesThatVary) {
  EXPECT_FALSE(Welch({1, 0, 0}, {5, 0, 1}, 0.95).has_value());
  EXPECT_FALSE(Welch({5, 1, 0}, {5, 2, 0}, 0.95).has_value());
  EXPECT_NEAR(Welch({5, 1, 0}, {5, 2, 1}, 0.95)->degrees, 4, 1e-12);
  EXPECT_TRUE(std::isfinite(Welch({5, 1, 1e200}, {5, 2, 1e300}, 0.95)->degrees));
  EXPECT_THROW(Welch({5, NAN, 1}, {5, 2, 1}, 0.95), Error);
  EXPECT_THROW(Welch({5, 0, -1}, {5, 2, 1}, 0.95), Error);
  EXPECT_THROW(Welch({-1, 0, 1}, {5, 2, 1}, 0.95), Error);
}

TEST(SampleRatioMismatch, IsPearsonsTest) {
  // Mendel's peas: 315, 108, 101, 32 against 9 : 3 : 3 : 1 give 0.47.
  const std::vector<std::int64_t> peas{315, 108, 101, 32};
  const std::vector<double> ratio{9, 3, 3, 1};
  const auto answer = SampleRatioMismatch(peas, ratio);
  EXPECT_NEAR(answer->chi_square, 0.470024, 5e-7);
  EXPECT_EQ(answer->degrees, 3);
  EXPECT_NEAR(answer->p, 0.9254259, 5e-7);
  const std::vector<std::int64_t> arms{821588, 815482};
  EXPECT_NEAR(SampleRatioMismatch(arms, {})->p, 1.8e-6, 1e-7);
  EXPECT_FALSE(SampleRatioMismatch(std::vector<std::int64_t>{0, 0}, {}).has_value());
}

TEST(SampleRatioMismatch, RefusesWhatIsNoTest) {
  const std::vector<std::int64_t> two{1, 2};
  EXPECT_THROW(SampleRatioMismatch(std::vector<std::int64_t>{1}, {}), Error);
  EXPECT_THROW(SampleRatioMismatch(std::vector<std::int64_t>{1, -1}, {}), Error);
  for (const auto& weights : std::vector<std::vector<double>>{
           {1}, {1, 0}, {1, -1}, {1, NAN}, {1, INFINITY}, {1e308, 1e308}}) {
    EXPECT_THROW(SampleRatioMismatch(two, weights), Error);
  }
}

TEST(Statistics, RefuseWhatIsNoConfidenceAndNoProportion) {
  for (const double confidence : {0.0, 1.0, -1.0, 2.0, static_cast<double>(NAN)}) {
    EXPECT_THROW(Wilson({1, 2}, confidence), Error);
    EXPECT_THROW(Compare({1, 2}, {1, 2}, confidence), Error);
    EXPECT_THROW(Welch({2, 0, 1}, {2, 0, 1}, confidence), Error);
  }
  EXPECT_THROW(Wilson({-1, 2}, 0.9), Error);
  EXPECT_THROW(Wilson({3, 2}, 0.9), Error);
  EXPECT_THROW(Wilson({0, -2}, 0.9), Error);
}

// By definition the bounds are the rates whose score test just rejects: |x - n p| = z sqrt(n p q).
TEST(WilsonProperty, BoundsAreWhereTheScoreTestTurns) {
  std::mt19937_64 rng(20251122);
  for (int round = 0; round < kRounds; ++round) {
    const auto trials = static_cast<std::int64_t>(1 + rng() % 100'000);
    const auto successes = static_cast<std::int64_t>(rng() % (trials + 1));
    const double confidence = (1 + rng() % 998) / 1000.0;
    const double z = NormalQuantile(0.5 + confidence / 2);
    const auto interval = *Wilson({successes, trials}, confidence);
    const double rate = static_cast<double>(successes) / static_cast<double>(trials);
    ASSERT_LE(interval.low, rate + 1e-12) << "round " << round;
    ASSERT_GE(interval.high, rate - 1e-12) << "round " << round;
    for (const double bound : {interval.low, interval.high}) {
      if (bound == 0 || bound == 1) continue;
      const double score =
          std::fabs(rate - bound) / std::sqrt(bound * (1 - bound) / static_cast<double>(trials));
      ASSERT_NEAR(score, z, 1e-6 * (1 + z)) << "round " << round;
    }
  }
}

// Against plain quadrature of the densities.
TEST(DistributionFunctions, AgreeWithQuadrature) {
  const auto integral = [](double from, double to, auto density) {
    constexpr int kSteps = 20'000;
    const double width = (to - from) / kSteps;
    double sum = 0;
    for (int i = 0; i < kSteps; ++i) {
      const double x = from + i * width;
      sum += (density(x) + 4 * density(x + width / 2) + density(x + width)) * width / 6;
    }
    return sum;
  };
  std::mt19937_64 rng(20251123);
  for (int round = 0; round < 60; ++round) {
    const double a = 1.5 + static_cast<double>(rng() % 4000) / 100;
    const double b = 1.5 + static_cast<double>(rng() % 4000) / 100;
    const double x = static_cast<double>(1 + rng() % 998) / 1000;
    const double log_beta = std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
    const double beta = integral(0, x, [=](double u) {
      return u <= 0 || u >= 1
                 ? 0
                 : std::exp((a - 1) * std::log(u) + (b - 1) * std::log1p(-u) - log_beta);
    });
    ASSERT_NEAR(BetaI(a, b, x, 1 - x), beta, 1e-6) << a << " " << b << " " << x;
    const double y = 2 * a * x;
    const double gamma = integral(0, y, [=](double u) {
      return u <= 0 ? 0 : std::exp((a - 1) * std::log(u) - u - std::lgamma(a));
    });
    ASSERT_NEAR(1 - GammaQ(a, y), gamma, 1e-6) << a << " " << y;
  }
}

}  // namespace
}  // namespace cdp::behavior
