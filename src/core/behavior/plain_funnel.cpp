#include "core/behavior/plain_funnel.h"

#include <algorithm>

#include "core/timeline/time_marks.h"

namespace cdp::behavior {

using timeline::TimeReader;
using timeline::View;

namespace {

/// Of 64 events those in `seconds` before which, of all in both sets, one in `firsts` comes last.
/// `open` tells whether that is so of the event before them, and then of the one behind them.
std::uint64_t SecondsBehind(std::uint64_t firsts, std::uint64_t seconds, bool* open) {
  const std::uint64_t others = ~(firsts | seconds);
  const std::uint64_t behind = firsts << 1 | (*open ? 1 : 0);
  // A carry runs through the others behind a first one, up to the next of both sets.
  std::uint64_t met = 0;
  const bool beyond = __builtin_add_overflow(others, behind & others, &met);
  *open = beyond || firsts >> 63 != 0;
  return (met | behind) & seconds;
}

}  // namespace

StepRows::StepRows(const View& view, const StepTable& table, const StepFilter* filter, int reach)
    : reach_(reach), words_((view.count() + 63) / 64) {
  const std::span<const std::uint8_t> codes = table.codes(reach);
  if (table.has_one_code_each(reach)) {
    timeline::MarkEach(view.codes(), view.count(), view.end(), codes, rows_[0], kWords);
  } else {
    MarkSteps(view, table, codes);
  }
  if (filter != nullptr) Hold(view, table, *filter);
}

void StepRows::MarkSteps(const View& view, const StepTable& table,
                         std::span<const std::uint8_t> codes) {
  std::uint64_t marks[256];
  for (std::size_t word = 0; word < words_; ++word) {
    const std::size_t from = word * 64;
    timeline::MarkEach(view.codes() + from, std::min<std::size_t>(view.count() - from, 64),
                       view.end(), codes, marks, 1);
    for (int step = 0; step < reach_; ++step) rows_[step][word] = 0;
    for (std::size_t i = 0; i < codes.size(); ++i) rows_[table.StepOf(codes[i])][word] |= marks[i];
  }
}

/// Takes away the bits of events for which the condition of their code does not hold.
void StepRows::Hold(const View& view, const StepTable& table, const StepFilter& filter) {
  OperandReader numbers(view, filter.operands());
  for (std::size_t word = 0; word < words_; ++word) {
    const std::size_t from = word * 64;
    const std::size_t in_block = from % TimeReader::kBlock;
    if (in_block == 0) numbers.NextBlock(std::min(view.count() - from, TimeReader::kBlock));
    for (const StepFilter::GuardedCode& guarded : filter.codes()) {
      const int step = table.StepOf(guarded.code);
      if (step >= reach_) continue;
      std::uint64_t& row = rows_[step][word];
      for (std::uint64_t bits = row; bits != 0; bits &= bits - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(bits));
        if (view.codes()[from + i] != std::byte{guarded.code}) continue;
        const auto get = [&](Operand operand) { return numbers.Get(operand, in_block + i); };
        if (!filter.Holds(guarded, get)) row ^= std::uint64_t{1} << i;
      }
    }
  }
}

std::size_t StepRows::EndOf(int step) const {
  for (std::size_t word = words_; word > 0; --word) {
    const std::uint64_t bits = Union(step, word - 1);
    if (bits != 0) return word * 64 - static_cast<std::size_t>(std::countl_zero(bits));
  }
  return 0;
}

PlainChain::PlainChain(const View& view, const StepTable& table, const StepFilter* filter,
                       int reach, std::uint64_t window)
    : rows_(view, table, filter, reach),
      reach_(reach),
      first_(rows_.FirstFrom(0, 0)),
      end_(std::max(rows_.EndOf(table.ascending() ? 1 : 0), first_ + 1)),
      times_(view, end_) {
  tied_ = !table.ascending() && HasTies();
  if (!tied_) Find(window);
}

/// Whether two events that fill steps come at one instant.
bool PlainChain::HasTies() {
  while (known_ < end_) known_ += times_.Next(at_ + known_);
  for (std::size_t from = 0; from + 1 < end_; from += 64) {
    const std::size_t pairs = std::min<std::size_t>(64, end_ - 1 - from);
    if ((timeline::MarkShortPauses(at_ + from, pairs, 0) & rows_.Union(0, from / 64)) != 0) {
      return true;
    }
  }
  return false;
}

/// A chain may as well begin with the last first step before its second one, and then goes on with
/// the first event of each step behind that of the step before. The later it begins, the later each
/// step comes.
void PlainChain::Find(std::uint64_t window) {
  if (first_ == StepRows::kNone) return;
  depth_ = 1;
  best_[0] = first_;
  if (reach_ == 1) return;
  bool open = false;
  std::size_t last = first_;
  for (std::size_t word = first_ / 64; word < rows_.words(); ++word) {
    const std::uint64_t firsts = rows_.Word(0, word);
    std::uint64_t seconds = SecondsBehind(firsts, rows_.Word(1, word), &open);
    for (; seconds != 0; seconds &= seconds - 1) {
      const std::uint64_t before = firsts & ((seconds & -seconds) - 1);
      if (before != 0) last = word * 64 + 63 - static_cast<std::size_t>(std::countl_zero(before));
      const std::size_t second = word * 64 + static_cast<std::size_t>(std::countr_zero(seconds));
      if (!Follow(last, second, window)) return;
    }
    if (firsts != 0) last = word * 64 + 63 - static_cast<std::size_t>(std::countl_zero(firsts));
  }
}

/// Follows the chain that begins with these two; false when none that begins later can win.
bool PlainChain::Follow(std::size_t first, std::size_t second, std::uint64_t window) {
  const Micros begin = TimeOf(first);
  chain_[0] = first;
  chain_[1] = second;
  int depth = 1;
  while (Elapsed(begin, TimeOf(chain_[depth])) <= window && ++depth < reach_) {
    if (depth <= tried_ && chain_[depth] > chain_[depth - 1]) continue;
    tried_ = std::max(tried_, depth);
    chain_[depth] = rows_.FirstFrom(depth, chain_[depth - 1] + 1);
    if (chain_[depth] == StepRows::kNone) {
      reach_ = depth;
      break;
    }
  }
  // Of chains that are complete at the same time the one that begins last wins.
  const bool wins =
      depth > depth_ || (depth > 1 && depth == depth_ && chain_[depth - 1] == best_[depth - 1]);
  if (wins) {
    depth_ = depth;
    std::copy_n(chain_, depth, best_);
  }
  return depth_ < reach_ || (wins && depth > 2);
}

void PlainChain::Write(Micros* out) {
  for (int step = 0; step < depth_; ++step) out[step] = TimeOf(best_[step]);
}

}  // namespace cdp::behavior
