/// Statistics of counts and means: intervals and tests for rates, arms of a test, samples.
///
/// Sources of the formulas: docs/guide/cohort.md. Distribution functions are computed to about ten
/// digits, from their definitions, not from tables.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace cdp::behavior {

struct Interval {
  double low;
  double high;
};

/// Successes among trials.
struct Proportion {
  std::int64_t successes;
  std::int64_t trials;

  double rate() const { return static_cast<double>(successes) / static_cast<double>(trials); }
};

/// Throws kInvalidArgument unless 0 < confidence < 1.
void CheckConfidence(double confidence);
/// Throws kInvalidArgument unless 0 <= successes <= trials.
void CheckProportion(const Proportion& proportion);

/// Wilson's score interval; nothing without trials.
std::optional<Interval> Wilson(const Proportion& proportion, double confidence);

/// How the rate of `b` differs from that of `a`.
struct Difference {
  double diff;        ///< rate of b less rate of a
  Interval interval;  ///< Newcombe's hybrid of two Wilson intervals
  double z;           ///< pooled two-proportion statistic; 0 where nothing varies
  double p;           ///< two-sided
};
/// Nothing when either has no trials.
std::optional<Difference> Compare(const Proportion& a, const Proportion& b, double confidence);

struct SampleRatio {
  double chi_square;
  int degrees;
  double p;
};
/// Whether counts of arms fit their weights (Pearson's chi-square); nothing when all counts are 0.
/// Throws kInvalidArgument for fewer than two arms, negative counts, weights that are not positive
/// and finite, or another number of weights. No weights at all: equal ones.
std::optional<SampleRatio> SampleRatioMismatch(std::span<const std::int64_t> counts,
                                               std::span<const double> weights);

/// A sample by its size, mean and standard deviation (with n - 1).
struct Sample {
  std::int64_t size;
  double mean;
  double deviation;
};
struct MeanDifference {
  double diff;  ///< mean of b less mean of a
  Interval interval;
  double t;
  double degrees;
  double p;  ///< two-sided
};
/// Welch's test; nothing when a sample has fewer than two values, or neither varies. Throws
/// kInvalidArgument for a negative size, and for a deviation or a mean that cannot be.
std::optional<MeanDifference> Welch(const Sample& a, const Sample& b, double confidence);

/// The z with P(Z <= z) = p of the standard normal distribution, 0 < p < 1.
double NormalQuantile(double p);
/// P(X > x) of the chi-square distribution.
double ChiSquareTail(double x, int degrees);
/// P(|T| > t) of Student's distribution, t >= 0.
double StudentTail(double t, double degrees);

}  // namespace cdp::behavior
