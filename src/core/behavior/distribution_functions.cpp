#include "core/behavior/distribution_functions.h"

#include <cmath>
#include <limits>

namespace cdp::behavior {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// Stands for a denominator of 0, after which the fraction recovers by itself.
constexpr double kTiny = 1e-300;
constexpr int kMaxTerms = 100'000;

double NotZero(double value) { return std::fabs(value) < kTiny ? kTiny : value; }

// Lentz's method: b0 + a1 / (b1 + a2 / (b2 + ...)), the terms as term(n, &a, &b).
template <class Term>
double ContinuedFraction(double b0, Term term) {
  double value = NotZero(b0);
  double c = value;
  double d = 0;
  for (int n = 1; n < kMaxTerms; ++n) {
    double a = 0;
    double b = 0;
    term(n, &a, &b);
    d = 1 / NotZero(b + a * d);
    c = NotZero(b + a / c);
    const double step = c * d;
    value *= step;
    if (std::fabs(step - 1) <= kEpsilon) break;
  }
  return value;
}

// P(a, x) by its power series, which converges well for x < a + 1.
double GammaPSeries(double a, double x) {
  double term = 1 / a;
  double sum = term;
  for (int n = 1; n < kMaxTerms && term > sum * kEpsilon; ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * std::exp(a * std::log(x) - x - std::lgamma(a));
}

double BetaFraction(double a, double b, double x) {
  const double fraction = ContinuedFraction(1, [=](int n, double* over, double* under) {
    const double m = n / 2;
    *under = 1;
    *over = n % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                       : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
  });
  return 1 / fraction;
}

}  // namespace

double GammaQ(double a, double x) {
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  if (x < a + 1) return 1 - GammaPSeries(a, x);
  const double fraction = ContinuedFraction(x + 1 - a, [=](int n, double* over, double* under) {
    *over = -n * (n - a);
    *under = x + 2 * n + 1 - a;
  });
  return std::exp(a * std::log(x) - x - std::lgamma(a)) / fraction;
}

double BetaI(double a, double b, double x, double complement) {
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log(complement));
  // The fraction converges fast on this side; the other side is its mirror.
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, complement) / b;
}

}  // namespace cdp::behavior
