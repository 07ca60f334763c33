#include "core/behavior/timeline_distribution.h"

#include <algorithm>
#include <functional>
#include <string>

#include "core/base/stop.h"

namespace cdp::behavior {
namespace {

using timeline::View;

/// Both halves of a number, such that keys are in order as the numbers are.
constexpr std::uint32_t kLowerOrder = 0x8000'0000;
std::int32_t UpperHalf(std::int64_t number) { return static_cast<std::int32_t>(number >> 32); }
std::int32_t LowerHalf(std::int64_t number) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(number) ^ kLowerOrder);
}
std::int64_t NumberOf(const TallyRow& row) {
  return static_cast<std::int64_t>(
      static_cast<std::uint64_t>(static_cast<std::uint32_t>(row.key[0])) << 32 |
      (static_cast<std::uint32_t>(row.key[1]) ^ kLowerOrder));
}

}  // namespace

Measure ParseMeasure(std::string_view word) {
  if (word == "times") return Measure::kTimes;
  if (word == "days") return Measure::kDays;
  if (word == "hours") return Measure::kHours;
  if (word == "sum") return Measure::kSum;
  throw Error(ErrorCode::kInvalidArgument, "measure \"" + std::string(word) + "\" does not exist",
              {}, "Use \"times\", \"days\", \"hours\" or \"sum\".");
}

std::optional<std::int64_t> MeasureOf(const View& view, DistributionQuestion* question) {
  const auto& [codes, period, measure, zone] = *question;
  if (measure == Measure::kSum) return timeline::SumOf(view, codes, period);
  const std::size_t number = measure == Measure::kTimes ? timeline::CountOf(view, codes, period)
                             : measure == Measure::kDays
                                 ? timeline::DaysOf(view, codes, &question->zone, period)
                                 : timeline::HoursOf(view, codes, &question->zone, period);
  if (number == 0) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

void CountDistribution(const View& view, DistributionQuestion* question, TallyTable* tally) {
  const auto number = MeasureOf(view, question);
  if (!number) return;
  const std::int32_t key[kDistributionParts] = {UpperHalf(*number), LowerHalf(*number)};
  tally->Add(key, 1);
}

std::pmr::vector<DistributionBin> DistributionOf(const TallyView& view,
                                                 std::optional<std::span<const std::int64_t>> edges,
                                                 std::pmr::memory_resource* memory) {
  std::pmr::vector<DistributionBin> bins(memory);
  if (edges) {
    if (edges->empty() ||
        std::ranges::adjacent_find(*edges, std::greater_equal<>()) != edges->end()) {
      throw Error(ErrorCode::kInvalidArgument, "bins must be one or more ascending numbers", {},
                  "For example '{1,2,5,10}' for 1, 2 to 4, 5 to 9, and 10 or more.");
    }
    for (std::size_t i = 0; i < edges->size(); ++i) {
      const auto to = i + 1 < edges->size() ? std::optional((*edges)[i + 1]) : std::nullopt;
      bins.push_back({(*edges)[i], to, 0, 0});
    }
  }
  std::int64_t all = 0;
  std::size_t bin = 0;
  StopTicker ticker;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const TallyRow row = view.At(i);
    const std::int64_t number = NumberOf(row);
    ticker.Step();
    if (__builtin_add_overflow(all, row.count, &all)) {
      throw Error(ErrorCode::kOutOfRange, "bigint out of range");
    }
    if (!edges) {
      bins.push_back({number, std::nullopt, row.count, 0});
      continue;
    }
    while (bin + 1 < bins.size() && number >= bins[bin + 1].from) ++bin;
    if (number >= bins[bin].from) bins[bin].users += row.count;
  }
  for (DistributionBin& each : bins) each.all = all;
  return bins;
}

}  // namespace cdp::behavior
