#include "core/behavior/plain_funnel.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "core/base/stop.h"

namespace cdp::behavior {
namespace {

using timeline::CodeMarks;
using timeline::TimeReader;
using timeline::View;

/// PlainScan for one step an event and one event an instant. What no chain has reached begins so
/// long ago that every window has passed.
template <bool kChain>
class Scan {
 public:
  /// Of `steps` steps the first `reach` are within reach.
  Scan(int steps, int reach, std::uint64_t window) : reach_(reach), window_(window) {
    std::fill_n(start_, steps + 1, INT64_MIN);
  }

  int depth() const { return depth_; }
  Micros begun() const { return begun_; }
  bool done() const { return depth_ == reach_; }

  /// Without branches: nobody can foresee which step comes next, and whether in time.
  void Take(Micros at, int step) {
    start_[0] = at;
    const Micros start = start_[step];
    const Micros late = Elapsed(start, at) <= window_ ? 0 : -1;
    start_[step + 1] = start ^ ((start ^ start_[step + 1]) & late);
    const int depth = (step + 1) & ~static_cast<int>(late);
    if constexpr (kChain) begun_ = depth > depth_ ? start : begun_;
    depth_ = std::max(depth_, depth);
  }

 private:
  int reach_;
  int depth_ = 0;
  std::uint64_t window_;
  Micros begun_ = 0;
  Micros start_[kMaxSteps + 1];
};

/// Marks the events of a timeline that fill a step, in blocks.
class HitMarks {
 public:
  HitMarks(const View& view, const StepTable& table, const StepFilter* filter)
      : view_(view), table_(table), filter_(filter) {
    if (filter != nullptr) numbers_.emplace(view, filter->operands());
  }

  /// Of the next `count` events, CodeMarks::kBlock of them unless they are the last.
  void Next(std::size_t count, CodeMarks::Words& words) {
    const std::byte* codes = view_.codes() + index_;
    table_.marks().Mark(codes, count, view_.end(), words);
    if (filter_ != nullptr) Hold(codes, count, words);
    index_ += count;
  }

 private:
  /// Takes away the marks of events for which the condition of their code does not hold.
  void Hold(const std::byte* codes, std::size_t count, CodeMarks::Words& words) {
    numbers_->NextBlock(count);
    for (const StepFilter::GuardedCode& code : filter_->codes()) {
      if ((view_.code_bits() & code.code_bit) == 0) continue;
      CodeMarks::Words guarded;
      code.marks.Mark(codes, count, view_.end(), guarded);
      timeline::ForEachMark(guarded, count, [&](std::size_t i) {
        const auto get = [&](Operand operand) { return numbers_->Get(operand, i); };
        words[i / 64] ^= std::uint64_t{!filter_->Holds(code, get)} << (i % 64);
      });
    }
  }

  const View& view_;
  const StepTable& table_;
  const StepFilter* filter_;
  std::optional<OperandReader> numbers_;
  std::size_t index_ = 0;
};

/// Some of a timeline's events, the marks of those that fill a step.
struct Block {
  Micros at[TimeReader::kRoom];
  CodeMarks::Words words;
  const std::byte* codes;
  std::size_t count;

  /// Calls visit(instant, step) for each event that fills a step, until it returns true. Returns
  /// whether it did.
  template <class Visit>
  bool ForEachHit(const StepTable& table, Visit&& visit) const {
    for (std::size_t from = 0; from < count; from += 64) {
      for (std::uint64_t bits = words[from / 64]; bits != 0; bits &= bits - 1) {
        const std::size_t i = from + static_cast<std::size_t>(std::countr_zero(bits));
        if (visit(at[i], table.StepOf(std::to_integer<std::uint8_t>(codes[i])))) return true;
      }
    }
    return false;
  }
};

/// Calls use(block) for all events, block by block, until it returns true; leaves the last one.
template <class Use>
void ForEachBlock(const View& view, const StepTable& table, const StepFilter* filter, Block* block,
                  Use&& use) {
  TimeReader times(view);
  HitMarks marks(view, table, filter);
  StopTicker ticker;
  const std::byte* codes = view.codes();
  while (const std::size_t count = times.Next(block->at)) {
    block->codes = codes;
    block->count = count;
    marks.Next(count, block->words);
    if (use(*block)) return;
    codes += count;
    ticker.Step(static_cast<std::uint32_t>(count));
  }
}

/// False where two events that matter come at one instant. Ends when all steps are reached, by the
/// event behind the one that reached them: it might come at the same instant.
template <bool kChain>
bool Run(const View& view, const StepTable& table, const StepFilter* filter, Block* block,
         Scan<kChain>* scan) {
  Micros before = INT64_MIN;
  bool tied = false;
  ForEachBlock(view, table, filter, block, [&](const Block& events) {
    return events.ForEachHit(table, [&](Micros at, int step) {
      tied = at == before;
      before = at;
      if (tied || scan->done()) return true;
      scan->Take(at, step);
      return false;
    });
  });
  return !tied;
}

}  // namespace

bool PlainHasFirst(const View& view, const StepTable& table, const StepFilter* filter) {
  HitMarks marks(view, table, filter);
  StopTicker ticker;
  CodeMarks::Words words;
  for (std::size_t from = 0; from < view.count(); from += CodeMarks::kBlock) {
    const std::size_t count = std::min(CodeMarks::kBlock, view.count() - from);
    marks.Next(count, words);
    bool found = false;
    timeline::ForEachMark(words, count, [&](std::size_t i) {
      found |= table.StepOf(std::to_integer<std::uint8_t>(view.codes()[from + i])) == 0;
    });
    if (found) return true;
    ticker.Step(static_cast<std::uint32_t>(count));
  }
  return false;
}

int PlainDepth(const View& view, const StepTable& table, const StepFilter* filter, int reach,
               std::uint64_t window) {
  Block block;
  Scan<false> scan(table.steps(), reach, window);
  return Run(view, table, filter, &block, &scan) ? scan.depth() : -1;
}

int PlainChain(const View& view, const StepTable& table, const StepFilter* filter, int reach,
               std::uint64_t window, Micros* out) {
  Block block;
  Scan<true> scan(table.steps(), reach, window);
  if (!Run(view, table, filter, &block, &scan)) return -1;
  const int depth = scan.depth();
  if (depth == 0) return 0;
  const Micros begun = scan.begun();
  std::fill_n(out, depth, begun);
  int next = 1;
  const auto follow = [&](const Block& events) {
    return next == depth || events.ForEachHit(table, [&](Micros at, int step) {
      if (at > begun && step == next) out[next++] = at;
      return next == depth;
    });
  };
  if (view.count() <= TimeReader::kBlock) {
    follow(block);
  } else {
    ForEachBlock(view, table, filter, &block, follow);
  }
  return depth;
}

}  // namespace cdp::behavior
