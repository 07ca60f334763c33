#include "core/behavior/timeline_daily.h"

#include <algorithm>
#include <string>

#include "core/timeline/timeline_walk.h"

namespace cdp::behavior {
namespace {

using timeline::PropertyColumn;
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
  Days(Zone* zone, std::pmr::memory_resource* memory) : walk_(zone), cells_(memory) {}

  void Add(Micros at, std::uint32_t symbol) {
    const std::int64_t day = walk_.DayOf(at);
    // Mostly the symbol that was met last, else one of a few of that day.
    for (std::size_t i = cells_.size(); i > 0 && cells_[i - 1].day == day; --i) {
      if (cells_[i - 1].symbol != symbol) {
        ticker_.Step();
        continue;
      }
      ++cells_[i - 1].events;
      return;
    }
    cells_.push_back({day, symbol, 1});
  }

  std::pmr::vector<Cell>& cells() { return cells_; }

 private:
  DayWalk walk_;
  std::pmr::vector<Cell> cells_;
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
  Days days(&question->zone, memory);
  PropertyColumn column;
  if (question->property != 0) column = PropertyColumn(view, question->property);
  timeline::ForEachOf(view, question->codes, [&](Micros at, std::int32_t code, std::size_t index) {
    days.Add(at, question->property == 0 ? static_cast<std::uint32_t>(code)
                 : column.empty()        ? 0
                                         : column.SymbolAt(index));
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
