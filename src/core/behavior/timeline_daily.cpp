#include "core/behavior/timeline_daily.h"

#include <algorithm>
#include <string>

#include "core/base/stop.h"

namespace cdp::behavior {
namespace {

using timeline::PropertyColumn;
using timeline::TimeReader;
using timeline::View;

/// As DailyCell, with what stands for the key in the column that is read.
struct Cell {
  std::int64_t day;
  std::uint32_t symbol;
  std::int64_t events;
};

/// Counts by day, as events come.
class Days {
 public:
  Days(Zone* zone, std::pmr::memory_resource* memory) : zone_(zone), cells_(memory) {}

  void Add(Micros at, std::uint32_t symbol) {
    if (at >= until_ || cells_.empty()) [[unlikely]]
      MoveTo(at);
    // Mostly the symbol that was met last, else one of a few.
    for (std::size_t i = cells_.size(); i > first_of_day_; --i) {
      if (cells_[i - 1].symbol != symbol) continue;
      ++cells_[i - 1].events;
      return;
    }
    ticker_.Step(static_cast<std::uint32_t>(cells_.size() - first_of_day_));
    cells_.push_back({day_, symbol, 1});
  }

  std::pmr::vector<Cell>& cells() { return cells_; }

 private:
  void MoveTo(Micros at) {
    const ZoneStretch& stretch = zone_->StretchAt(at);
    const std::int64_t day = zone_->DayOf(at);
    // The day lasts to midnight, but clocks may change before.
    const __int128 midnight = static_cast<__int128>(day + 1) * kMicrosPerDay - stretch.offset;
    until_ = midnight < stretch.to ? static_cast<Micros>(midnight) : stretch.to;
    if (day != day_ || cells_.empty()) first_of_day_ = cells_.size();
    day_ = day;
  }

  Zone* zone_;
  std::pmr::vector<Cell> cells_;
  std::size_t first_of_day_ = 0;
  std::int64_t day_ = 0;
  Micros until_ = INT64_MIN;
  StopTicker ticker_;
};

}  // namespace

void CheckDaily(const DailyQuestion& question) {
  if (question.property >= 0 && question.property <= timeline::kMaxProperties) return;
  throw Error(ErrorCode::kInvalidArgument,
              "property " + std::to_string(question.property) + " is out of range",
              "Properties are numbered from 1 to " + std::to_string(timeline::kMaxProperties) +
                  "; 0 stands for the code.");
}

std::pmr::vector<DailyCell> DailyCells(const View& view, DailyQuestion* question,
                                       std::pmr::memory_resource* memory) {
  std::pmr::vector<DailyCell> result(memory);
  if (question->codes != nullptr && !question->codes->MayMeet(view.code_bits())) return result;
  Days days(&question->zone, memory);
  PropertyColumn column;
  if (question->property != 0) column = PropertyColumn(view, question->property);
  timeline::WithCodes(view, [&](auto codes) {
    TimeReader times(view);
    StopTicker ticker;
    Micros at[TimeReader::kRoom];
    std::size_t index = 0;
    while (const std::size_t n = times.Next(at)) {
      for (std::size_t i = 0; i < n; ++i) {
        const std::int32_t code = codes[index + i];
        if (question->codes != nullptr && !question->codes->Has(code)) continue;
        days.Add(at[i], question->property == 0 ? static_cast<std::uint32_t>(code)
                        : column.empty()        ? 0
                                                : column.SymbolAt(index + i));
      }
      index += n;
      ticker.Step(static_cast<std::uint32_t>(n));
    }
  });
  for (const Cell& cell : days.cells()) {
    std::optional<std::int32_t> key;
    if (question->property == 0) {
      key = static_cast<std::int32_t>(cell.symbol);
    } else if (!column.empty()) {
      key = column.ValueOf(cell.symbol);
    }
    result.push_back({static_cast<std::int32_t>(cell.day), key, cell.events});
  }
  // Days may come again: where clocks go back over midnight.
  std::sort(result.begin(), result.end(), [](const DailyCell& a, const DailyCell& b) {
    return a.day != b.day ? a.day < b.day : a.key < b.key;
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (kept > 0 && result[kept - 1].day == result[i].day &&
        result[kept - 1].key == result[i].key) {
      result[kept - 1].events += result[i].events;
    } else {
      result[kept++] = result[i];
    }
  }
  result.resize(kept);
  return result;
}

void CountDaily(const View& view, DailyQuestion* question, TallyTable* tally,
                std::pmr::memory_resource* memory) {
  for (const DailyCell& cell : DailyCells(view, question, memory)) {
    const std::int32_t key[kDailyParts] = {cell.day, cell.key ? 1 : 0, cell.key.value_or(0)};
    tally->Add(key, 1, cell.events);
  }
}

}  // namespace cdp::behavior
