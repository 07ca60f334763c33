#include "core/behavior/last_touch.h"

#include <optional>
#include <vector>

#include "core/base/scratch.h"
#include "core/base/stop.h"

namespace cdp::behavior {
namespace {

using timeline::CodeMarks;
using timeline::PropertyColumn;
using timeline::TimeReader;
using timeline::View;

constexpr std::size_t kNone = SIZE_MAX;

/// A conversion and the event that earns its worth, kNone for nobody.
struct Earned {
  std::size_t touch;
  std::int64_t worth;
};
using Earnings = std::pmr::vector<Earned>;

/// False where two events that matter come at one instant.
bool Find(const View& view, const AttributionQuestion& question, Earnings* earnings) {
  CodeMarks marks = question.targets->marks();
  marks.Add(question.touches->marks());
  std::optional<timeline::ValueReader> values;
  const timeline::Codes<std::uint8_t> codes{view.codes()};
  TimeReader times(view);
  StopTicker ticker;
  Micros at[TimeReader::kRoom];
  Micros before = INT64_MIN;
  Micros touched = 0;
  std::size_t touch = kNone;
  bool tied = false;
  std::size_t index = 0;
  while (const std::size_t n = times.Next(at)) {
    timeline::ForEachMarked(view, &marks, codes, index, n, [&](std::size_t i) {
      const std::int32_t code = codes[index + i];
      tied |= at[i] == before;
      before = at[i];
      if (question.targets->Has(code)) {
        if (!values) values.emplace(view);
        const bool counts = touch != kNone && Elapsed(touched, at[i]) <= question.window;
        earnings->push_back({counts ? touch : kNone, values->At(index + i).value_or(0)});
      }
      const bool is_touch = question.touches->Has(code);
      touch = is_touch ? index + i : touch;
      touched = is_touch ? at[i] : touched;
    });
    if (tied) return false;
    index += n;
    ticker.Step(static_cast<std::uint32_t>(n));
  }
  return true;
}

}  // namespace

bool CountLastTouches(const View& view, const AttributionQuestion& question, TallyTable* tally,
                      std::pmr::memory_resource* memory) {
  if (view.shape().width_log2 != 0) return false;
  Scratch scratch(memory);
  Earnings earnings(&scratch);
  if (!Find(view, question, &earnings)) return false;
  if (earnings.empty()) return true;
  const PropertyColumn column =
      question.property == 0 ? PropertyColumn() : PropertyColumn(view, question.property);
  const auto key_of = [&](std::size_t touch) -> std::optional<std::int32_t> {
    if (question.property == 0) return view.CodeAt(touch);
    if (column.empty()) return std::nullopt;
    return column.At(touch);
  };
  for (const Earned& earned : earnings) {
    if (earned.touch == kNone) {
      AddCredit(CreditKind::kUntouched, 0, earned.worth, tally);
    } else if (const auto key = key_of(earned.touch)) {
      AddCredit(CreditKind::kKey, *key, earned.worth, tally);
    } else {
      AddCredit(CreditKind::kNoKey, 0, earned.worth, tally);
    }
  }
  return true;
}

}  // namespace cdp::behavior
