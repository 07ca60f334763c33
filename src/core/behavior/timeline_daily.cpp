#include "core/behavior/timeline_daily.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "core/base/scratch.h"
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
  Days(const View& view, DailyQuestion* question, std::pmr::memory_resource* memory)
      : by_code_(question->property == 0),
        known_(question->known),
        walk_(&question->zone),
        cells_(memory) {
    if (!by_code_) column_ = PropertyColumn(view, question->property);
    timeline::ForEachOf(view, question->codes,
                        [this](Micros at, std::int32_t code, std::size_t index) {
                          Add(at, by_code_          ? static_cast<std::uint32_t>(code)
                                  : column_.empty() ? 0
                                                    : column_.SymbolAt(index));
                        });
  }

  /// True when no day and key may be there twice.
  bool distinct() const { return distinct_; }

  template <class Use>
  void ForEach(Use&& use) const {
    for (const Cell& cell : cells_) {
      use(DailyCell{static_cast<std::int32_t>(cell.day), KeyOf(cell.symbol), cell.events});
    }
  }

 private:
  void Add(Micros at, std::uint32_t symbol) {
    const std::int64_t day = walk_.DayOf(at);
    std::uint32_t& known = known_[symbol % kKnown];
    if (known < cells_.size()) {
      Cell& cell = cells_[known];
      if (cell.day == day && cell.symbol == symbol) {
        ++cell.events;
        return;
      }
      // One of the same lowest bits: it may come again, and then nobody knows where it was.
      distinct_ &= cell.day != day || (cell.symbol - symbol) % kKnown != 0;
    }
    distinct_ &= cells_.empty() || cells_.back().day <= day;
    known = static_cast<std::uint32_t>(cells_.size());
    cells_.push_back({day, symbol, 1});
  }

  std::optional<std::int32_t> KeyOf(std::uint32_t symbol) const {
    if (by_code_) return static_cast<std::int32_t>(symbol);
    if (column_.empty()) return std::nullopt;
    return column_.ValueOf(symbol);
  }

  static constexpr std::uint32_t kKnown = std::size(decltype(DailyQuestion::known){});

  bool by_code_;
  bool distinct_ = true;
  /// Where the cell of a symbol is, by its lowest bits; what an earlier timeline left there is told
  /// by the cell.
  std::uint32_t* known_;
  PropertyColumn column_;
  DayWalk walk_;
  std::pmr::vector<Cell> cells_;
};

/// Each day and key once, in order.
void Merge(std::pmr::vector<DailyCell>* cells) {
  std::sort(cells->begin(), cells->end(), [](const DailyCell& a, const DailyCell& b) {
    return a.day != b.day ? a.day < b.day : a.key < b.key;
  });
  std::size_t kept = 0;
  for (const DailyCell& cell : *cells) {
    if (kept > 0 && (*cells)[kept - 1].day == cell.day && (*cells)[kept - 1].key == cell.key) {
      (*cells)[kept - 1].events += cell.events;
    } else {
      (*cells)[kept++] = cell;
    }
  }
  cells->resize(kept);
}

std::pmr::vector<DailyCell> CellsOf(const Days& days, std::pmr::memory_resource* memory) {
  std::pmr::vector<DailyCell> cells(memory);
  days.ForEach([&cells](const DailyCell& cell) { cells.push_back(cell); });
  Merge(&cells);
  return cells;
}

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
  return CellsOf(Days(view, question, memory), memory);
}

void CountDaily(const View& view, DailyQuestion* question, TallyTable* tally,
                std::pmr::memory_resource* memory) {
  const auto count = [tally](const DailyCell& cell) {
    const std::uint64_t key[TallyTable::WordsOf(kDailyParts)] = {
        PackParts(cell.day, cell.key ? 1 : 0), PackParts(cell.key.value_or(0), 0)};
    tally->AddKey(key, 1, cell.events);
  };
  Scratch scratch(memory);
  const Days days(view, question, &scratch);
  if (days.distinct()) {
    days.ForEach(count);
  } else {
    for (const DailyCell& cell : CellsOf(days, &scratch)) count(cell);
  }
}

}  // namespace cdp::behavior
