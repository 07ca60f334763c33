#include "core/behavior/funnel_split.h"

#include <array>
#include <string>

namespace cdp::behavior {

using timeline::View;

void CheckSplit(const SplitBy& by, int steps) {
  if (by.property < 1 || by.property > timeline::kMaxProperties) {
    throw Error(
        ErrorCode::kInvalidArgument, "property " + std::to_string(by.property) + " does not exist",
        "Properties are numbered from 1 to " + std::to_string(timeline::kMaxProperties) + ".");
  }
  if (by.step < kFirstToFill || by.step > steps) {
    throw Error(ErrorCode::kInvalidArgument,
                "step " + std::to_string(by.step) + " of the funnel does not exist",
                "It is a step from 1 to " + std::to_string(steps) +
                    ", or 0 for the first event of all, or -1 for the first that fills step 1.");
  }
}

void CountSplit(const View& view, const SplitBy& by, RuledFunnel* funnel, TallyTable* tally) {
  SplitDepth found;
  if (by.step > 0) {
    found = funnel->Split(view, by.step, by.property);
  } else {
    found.depth = funnel->Depth(view);
    if (found.depth > 0) {
      const std::size_t event = by.step == 0 ? 0 : *funnel->FirstToFill(view);
      found.property = timeline::PropertyColumn(view, by.property).At(event);
    }
  }
  if (found.depth == 0) return;
  const std::int32_t key[kSplitParts] = {found.property ? 1 : 0, found.property.value_or(0),
                                         found.depth, funnel->steps()};
  tally->Add(key, 1);
}

std::pmr::vector<SplitRow> SplitOf(const TallyView& view, std::pmr::memory_resource* memory) {
  const auto corrupt = [](const char* detail) {
    throw Error(ErrorCode::kCorruptData, "tally is corrupt", detail);
  };
  if (view.shape().kind != TallyKind::kFunnel || view.shape().parts != kSplitParts) {
    corrupt("Its rows are not those of a funnel.");
  }
  std::pmr::vector<SplitRow> rows(memory);
  std::optional<int> steps;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const TallyRow row = view.At(i);
    const auto [present, property, level, of] =
        std::array{row.key[0], row.key[1], row.key[2], row.key[3]};
    if (!steps) steps = of;
    if (of != *steps || of < 1 || of > kMaxSteps || level < 1 || level > of || present < 0 ||
        present > 1) {
      corrupt("A row is of no step.");
    }
    const std::optional<std::int32_t> key = present != 0 ? std::optional(property) : std::nullopt;
    if (rows.empty() || rows.back().property != key) {
      for (int step = 1; step <= of; ++step) rows.push_back({key, step, 0});
    }
    // Who got so deep took all the steps before.
    for (int step = 1; step <= level; ++step) {
      std::int64_t& users = rows[rows.size() - static_cast<std::size_t>(of - step + 1)].users;
      if (__builtin_add_overflow(users, row.count, &users)) {
        throw Error(ErrorCode::kOutOfRange, "number of users is out of range of type bigint");
      }
    }
  }
  return rows;
}

}  // namespace cdp::behavior
