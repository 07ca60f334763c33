/// The special functions behind the distributions of proportion.h.
#pragma once

namespace cdp::behavior {

/// The regularized upper incomplete gamma function Q(a, x), a > 0, x >= 0.
double GammaQ(double a, double x);
/// The regularized incomplete beta function I_x(a, b), a, b > 0, 0 <= x <= 1. The complement is an
/// argument of its own, since 1 - x loses what a small x has.
double BetaI(double a, double b, double x, double complement);

}  // namespace cdp::behavior
