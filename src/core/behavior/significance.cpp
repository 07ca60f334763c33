#include "core/behavior/significance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/base/error.h"
#include "core/base/stop.h"

namespace cdp::behavior {
namespace {

// What is less has lost its digits, and the very least does not shrink any more.
constexpr double kLeastWeight = 0x1p-1022;
// Counts beyond it are not told from their neighbours.
constexpr std::int64_t kMostTrials = std::int64_t{1} << 52;

/// Tables of two by two whose totals are given: how often each comes, by its upper left cell, in
/// proportion to one near the most frequent.
class Hypergeometric {
 public:
  Hypergeometric(double row, double column, double all)
      : row_(row),
        column_(column),
        rest_(all - row - column),
        least_(std::max(0.0, -rest_)),
        greatest_(std::min(row, column)) {
    const double mode = std::floor((row + 1) * ((column + 1) / (all + 2)));
    middle_ = std::clamp(mode, least_, greatest_);
  }

  double Weight(double cell) const {
    double weight = 1;
    StopTicker ticker;
    for (double x = middle_; x < cell && weight > kLeastWeight; ++x, ticker.Step()) weight *= Up(x);
    for (double x = middle_; x > cell && weight > kLeastWeight; --x, ticker.Step())
      weight /= Up(x - 1);
    return weight > kLeastWeight ? weight : 0;
  }

  /// The share of tables that come as often as `weight` says, or less often.
  double ShareUpTo(double weight) const {
    Sums sums{weight};
    sums.Add(1);
    StopTicker ticker;
    double now = 1;
    for (double x = middle_; x < greatest_ && sums.Matters(now); ++x, ticker.Step()) {
      sums.Add(now *= Up(x));
    }
    now = 1;
    for (double x = middle_; x > least_ && sums.Matters(now); --x, ticker.Step()) {
      sums.Add(now /= Up(x - 1));
    }
    return std::min(1.0, sums.rare / sums.all);
  }

 private:
  struct Sums {
    double limit;
    double all = 0;
    double rare = 0;

    void Add(double weight) {
      all += weight;
      // Tables that come equally often differ by what rounding does on the way to them.
      if (weight <= limit * (1 + 1e-7)) rare += weight;
    }
    bool Matters(double weight) const { return weight > kLeastWeight && weight > limit * 1e-18; }
  };

  // How much oftener the table with one more in the cell comes than that with `x`.
  double Up(double x) const { return (row_ - x) / (x + 1) * ((column_ - x) / (rest_ + x + 1)); }

  double row_;
  double column_;
  double rest_;  // what the opposite cell has more than the upper left one
  double least_;
  double greatest_;
  double middle_;
};

double Count(std::int64_t n) { return static_cast<double>(n); }

}  // namespace

std::optional<double> FisherP(const Proportion& a, const Proportion& b) {
  CheckProportion(a);
  CheckProportion(b);
  if (a.trials == 0 || b.trials == 0) return std::nullopt;
  if (a.trials > kMostTrials || b.trials > kMostTrials) {
    throw Error(ErrorCode::kOutOfRange, "number of trials is too large for an exact test",
                "It counts single trials, up to 4503599627370496.");
  }
  const Hypergeometric tables(Count(a.trials), Count(a.successes) + Count(b.successes),
                              Count(a.trials) + Count(b.trials));
  return tables.ShareUpTo(tables.Weight(Count(a.successes)));
}

std::optional<double> DifferenceP(const Proportion& a, const Proportion& b) {
  CheckProportion(a);
  CheckProportion(b);
  if (a.trials == 0 || b.trials == 0) return std::nullopt;
  const double all = Count(a.trials) + Count(b.trials);
  const double successes = Count(a.successes) + Count(b.successes);
  const double least_expected =
      std::min(Count(a.trials), Count(b.trials)) * (std::min(successes, all - successes) / all);
  if (least_expected < 5) return FisherP(a, b);
  return Compare(a, b, 0.95)->p;
}

void AdjustP(std::span<double> p, Correction correction, std::pmr::memory_resource* memory) {
  for (const double one : p) {
    if (one >= 0 && one <= 1) continue;
    throw Error(ErrorCode::kInvalidArgument, "p-values must be between 0 and 1");
  }
  std::pmr::vector<std::size_t> order(p.size(), memory);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [p](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  const auto tests = static_cast<double>(p.size());
  if (correction == Correction::kHolm) {
    double level = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      level = std::max(level, std::min(1.0, p[order[i]] * (tests - static_cast<double>(i))));
      p[order[i]] = level;
    }
    return;
  }
  double level = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    level = std::min(level, p[order[i]] * tests / static_cast<double>(i + 1));
    p[order[i]] = level;
  }
}

}  // namespace cdp::behavior
