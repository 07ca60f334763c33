#include "core/behavior/proportion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/error.h"
#include "core/behavior/distribution_functions.h"

namespace cdp::behavior {
namespace {

double Square(double x) { return x * x; }

// The quantile that an interval of this confidence reaches on each side. Computed from the tail,
// where a confidence close to 1 keeps its digits.
double SideQuantile(double confidence) { return -NormalQuantile((1 - confidence) / 2); }

Interval WilsonOf(const Proportion& proportion, double z) {
  const auto n = static_cast<double>(proportion.trials);
  const double p = proportion.rate();
  const double center = p + Square(z) / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + Square(z / (2 * n)));
  const double scale = 1 + Square(z) / n;
  // At the ends the bound is the rate itself, which rounding would miss.
  return {proportion.successes == 0 ? 0 : std::max(0.0, (center - half) / scale),
          proportion.successes == proportion.trials ? 1 : std::min(1.0, (center + half) / scale)};
}

// The t with P(|T| > t) = tail.
double StudentQuantile(double tail, double degrees) {
  double low = 0;
  double high = 1;
  while (StudentTail(high, degrees) > tail && high < 1e300) high *= 2;
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (StudentTail(middle, degrees) > tail ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

void CheckSample(const Sample& sample) {
  if (sample.size < 0) {
    throw Error(ErrorCode::kInvalidArgument, "sample size must not be negative");
  }
  if (!std::isfinite(sample.mean) || !std::isfinite(sample.deviation) || sample.deviation < 0) {
    throw Error(ErrorCode::kInvalidArgument,
                "mean and standard deviation must be finite, and the deviation not negative");
  }
}

}  // namespace

void CheckConfidence(double confidence) {
  if (confidence > 0 && confidence < 1) return;
  throw Error(ErrorCode::kInvalidArgument, "confidence must be between 0 and 1, both excluded", {},
              "For example 0.95.");
}

void CheckProportion(const Proportion& proportion) {
  if (proportion.successes < 0) {
    throw Error(ErrorCode::kInvalidArgument, "number of successes must not be negative");
  }
  if (proportion.trials < 0) {
    throw Error(ErrorCode::kInvalidArgument, "number of trials must not be negative");
  }
  if (proportion.successes > proportion.trials) {
    throw Error(ErrorCode::kInvalidArgument, std::to_string(proportion.successes) +
                                                 " successes are more than " +
                                                 std::to_string(proportion.trials) + " trials");
  }
}

std::optional<Interval> Wilson(const Proportion& proportion, double confidence) {
  CheckConfidence(confidence);
  CheckProportion(proportion);
  if (proportion.trials == 0) return std::nullopt;
  return WilsonOf(proportion, SideQuantile(confidence));
}

std::optional<Difference> Compare(const Proportion& a, const Proportion& b, double confidence) {
  CheckConfidence(confidence);
  CheckProportion(a);
  CheckProportion(b);
  if (a.trials == 0 || b.trials == 0) return std::nullopt;
  const double quantile = SideQuantile(confidence);
  const Interval around_a = WilsonOf(a, quantile);
  const Interval around_b = WilsonOf(b, quantile);
  const double rate_a = a.rate();
  const double rate_b = b.rate();
  Difference result{};
  result.diff = rate_b - rate_a;
  result.interval = {result.diff - std::hypot(rate_b - around_b.low, around_a.high - rate_a),
                     result.diff + std::hypot(around_b.high - rate_b, rate_a - around_a.low)};
  const auto n_a = static_cast<double>(a.trials);
  const auto n_b = static_cast<double>(b.trials);
  const double pooled =
      (static_cast<double>(a.successes) + static_cast<double>(b.successes)) / (n_a + n_b);
  const double error = std::sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b));
  result.z = error == 0 ? 0 : result.diff / error;
  result.p = std::erfc(std::fabs(result.z) / std::sqrt(2.0));
  return result;
}

std::optional<SampleRatio> SampleRatioMismatch(std::span<const std::int64_t> counts,
                                               std::span<const double> weights) {
  if (counts.size() < 2) {
    throw Error(ErrorCode::kInvalidArgument,
                "a sample ratio needs the counts of at least two arms");
  }
  if (!weights.empty() && weights.size() != counts.size()) {
    throw Error(ErrorCode::kInvalidArgument, "there are " + std::to_string(counts.size()) +
                                                 " counts and " + std::to_string(weights.size()) +
                                                 " weights");
  }
  double total = 0;
  double weight_total = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    if (counts[i] < 0) {
      throw Error(ErrorCode::kInvalidArgument, "the count of an arm must not be negative");
    }
    if (!(weight > 0) || !std::isfinite(weight)) {
      throw Error(ErrorCode::kInvalidArgument, "the weight of an arm must be positive and finite");
    }
    total += static_cast<double>(counts[i]);
    weight_total += weight;
  }
  if (!std::isfinite(weight_total)) {
    throw Error(ErrorCode::kInvalidArgument, "the sum of the weights must be finite");
  }
  if (total == 0) return std::nullopt;
  double chi_square = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = total * ((weights.empty() ? 1 : weights[i]) / weight_total);
    // A weight too small to expect anybody: any count is infinitely surprising, none is not.
    if (expected == 0) {
      if (counts[i] != 0) chi_square = std::numeric_limits<double>::infinity();
      continue;
    }
    chi_square += Square(static_cast<double>(counts[i]) - expected) / expected;
  }
  const int degrees = static_cast<int>(counts.size()) - 1;
  return SampleRatio{chi_square, degrees, ChiSquareTail(chi_square, degrees)};
}

std::optional<MeanDifference> Welch(const Sample& a, const Sample& b, double confidence) {
  CheckConfidence(confidence);
  CheckSample(a);
  CheckSample(b);
  if (a.size < 2 || b.size < 2) return std::nullopt;
  const double n_a = static_cast<double>(a.size);
  const double n_b = static_cast<double>(b.size);
  // The larger deviation is the unit: neither its square nor the fourth power leaves the range.
  const double unit = std::max(a.deviation, b.deviation);
  if (unit == 0) return std::nullopt;
  const double part_a = Square(a.deviation / unit) / n_a;
  const double part_b = Square(b.deviation / unit) / n_b;
  const double sum = part_a + part_b;
  const double error = unit * std::sqrt(sum);
  if (error == 0) return std::nullopt;
  MeanDifference result{};
  result.diff = b.mean - a.mean;
  result.t = result.diff / error;
  result.degrees = 1 / (Square(part_a / sum) / (n_a - 1) + Square(part_b / sum) / (n_b - 1));
  result.p = StudentTail(std::fabs(result.t), result.degrees);
  const double half = StudentQuantile(1 - confidence, result.degrees) * error;
  result.interval = {result.diff - half, result.diff + half};
  return result;
}

double NormalQuantile(double p) {
  if (p > 0.5) return -NormalQuantile(1 - p);
  // A rough start (Abramowitz and Stegun 26.2.22), then Newton's steps on the logarithm of the
  // tail, which is concave: they come from one side and never leave the domain.
  const double r = std::sqrt(-2 * std::log(p));
  double x = r - (2.30753 + 0.27061 * r) / (1 + r * (0.99229 + r * 0.04481));
  const double log_p = std::log(p);
  for (int i = 0; i < 20; ++i) {
    const double tail = std::erfc(x / std::sqrt(2.0)) / 2;
    const double density = std::exp(-x * x / 2) / 2.50662827463100050242;
    const double step = (std::log(tail) - log_p) * tail / density;
    x += step;
    if (std::fabs(step) <= 1e-15 * (1 + std::fabs(x))) break;
  }
  return -x;
}

double ChiSquareTail(double x, int degrees) { return GammaQ(degrees / 2.0, x / 2); }

double StudentTail(double t, double degrees) {
  if (std::isinf(t)) return 0;
  const double square = Square(t) / degrees;
  if (std::isinf(square)) return 0;
  return BetaI(degrees / 2, 0.5, 1 / (1 + square), square / (1 + square));
}

}  // namespace cdp::behavior
