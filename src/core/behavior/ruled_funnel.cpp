#include "core/behavior/ruled_funnel.h"

#include <algorithm>
#include <string>

#include "core/base/sort.h"

namespace cdp::behavior {

using timeline::TimeReader;
using timeline::View;

namespace {

FunnelSteps Read(const RuledQuestion& question, std::pmr::memory_resource* memory) {
  FunnelSteps read(memory);
  ReadSteps(question.steps, &read);
  if (!question.exclude.empty()) ReadExclusions(question.exclude, &read);
  return read;
}

StepTable TableOf(const FunnelSteps& read) {
  StepTable table;
  for (const StepEvent& event : read.events) table.Add(event.code, event.bit);
  return table;
}

void Check(const RuledQuestion& question, const FunnelSteps& read) {
  const auto windows = static_cast<std::size_t>(read.steps) - 1;
  if (!question.step_windows.empty() && question.step_windows.size() != windows) {
    throw Error(ErrorCode::kInvalidArgument,
                "there are " + std::to_string(question.step_windows.size()) + " step windows for " +
                    std::to_string(read.steps) + " steps",
                "There is one from each step to the next.");
  }
  if (question.hold < 0 || question.hold > timeline::kMaxProperties) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "property " + std::to_string(question.hold) + " to hold does not exist",
        "Properties are numbered from 1 to " + std::to_string(timeline::kMaxProperties) + ".");
  }
}

/// Whether one attempt wins over another.
bool Wins(const FunnelAttempt& one, const FunnelAttempt& other) {
  if (one.depth != other.depth) return one.depth > other.depth;
  if (one.reached != other.reached) return one.reached < other.reached;
  return one.begun > other.begun;
}

}  // namespace

RuledFunnel::RuledFunnel(const RuledQuestion& question, std::pmr::memory_resource* memory)
    : memory_(memory),
      read_(Read(question, memory)),
      step_windows_(question.step_windows.begin(), question.step_windows.end(), memory),
      rules_{read_.steps,    question.window,  question.mode,
             question.entry, read_.exclusions, step_windows_},
      hold_(question.hold),
      table_(TableOf(read_)),
      filter_(read_, memory),
      hits_(memory),
      held_(memory) {
  Check(question, read_);
  if (rules_.entry == FunnelEntry::kLatest && read_.exclusions.empty() && step_windows_.empty() &&
      hold_ == 0 && !rules_.window.is_calendar()) {
    fast_.emplace(table_, read_.steps, filter(), rules_.window.micros(), rules_.mode);
  } else {
    scan_.emplace(rules_, memory);
  }
}

int RuledFunnel::Depth(const View& view) {
  if (fast_) return fast_->Depth(view);
  if (!Reaches(view)) return 0;
  if (hold_ == 0) return Scan(view).depth;
  FunnelAttempt best;
  ForEachHeld(view, [&](std::uint32_t) {
    const FunnelAttempt attempt = ScanHits(false);
    if (Wins(attempt, best)) best = attempt;
  });
  return best.depth;
}

int RuledFunnel::Chain(const View& view, Micros* out) {
  if (fast_) return fast_->Chain(view, out);
  return Reaches(view) ? Best(view, out).depth : 0;
}

int RuledFunnel::Spans(const View& view, std::uint64_t* out) {
  if (fast_) return fast_->Spans(view, out);
  Micros chain[kMaxSteps];
  const int depth = Chain(view, chain);
  for (int i = 1; i < depth; ++i) out[i - 1] = Elapsed(chain[i - 1], chain[i]);
  return depth;
}

SplitDepth RuledFunnel::Split(const View& view, int step, int property) {
  Micros chain[kMaxSteps];
  SplitDepth answer{.depth = Chain(view, chain)};
  if (answer.depth < step || !view.has_property(property)) return answer;
  const Micros at = chain[step - 1];
  const std::uint64_t bit = std::uint64_t{1} << (step - 1);
  const timeline::PropertyColumn held =
      hold_ == 0 ? timeline::PropertyColumn() : timeline::PropertyColumn(view, hold_);
  IndexedHit hits[TimeReader::kBlock];
  ForEachHitBlock(view, table_, filter(), false, hits, [&](std::size_t count) {
    if (count == 0 || hits[count - 1].at < at) return false;
    const IndexedHit* const end = hits + count;
    const IndexedHit* found = std::find_if(hits, hits + count, [&](const IndexedHit& hit) {
      return hit.at > at || (hit.at == at && (hit.fills & bit) != 0 &&
                             (hold_ == 0 || held.SymbolAt(hit.index) == best_symbol_));
    });
    if (found == end) return false;
    answer.property = timeline::PropertyColumn(view, property).At(found->index);
    return true;
  });
  return answer;
}

/// The winning attempt of all events, whatever they hold.
FunnelAttempt RuledFunnel::Scan(const View& view) {
  StepHit hits[TimeReader::kBlock];
  scan_->Begin(false);
  ForEachHitBlock(view, table_, filter(), rules_.mode.order, hits, [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (scan_->Feed(hits[i].at, hits[i].fills)) return true;
    }
    return false;
  });
  return scan_->Finish();
}

FunnelAttempt RuledFunnel::ScanHits(bool all) {
  scan_->Begin(all);
  for (const StepHit& hit : hits_) {
    if (scan_->Feed(hit.at, hit.fills)) break;
  }
  return scan_->Finish();
}

/// Puts the hits from one instant to another into hits_.
void RuledFunnel::CollectHits(const View& view, Micros from, Micros to) {
  StepHit hits[TimeReader::kBlock];
  hits_.clear();
  ForEachHitBlock(view, table_, filter(), rules_.mode.order, hits, [&](std::size_t count) {
    const StepHit* const end = hits + count;
    const StepHit* first =
        std::find_if(hits, hits + count, [from](const StepHit& hit) { return hit.at >= from; });
    const StepHit* last =
        std::find_if(first, end, [to](const StepHit& hit) { return hit.at > to; });
    hits_.insert(hits_.end(), first, last);
    return last != end;
  });
}

std::optional<std::size_t> RuledFunnel::FirstToFill(const View& view) const {
  std::optional<std::size_t> first;
  if (table_.single() && IsPlain(view)) {
    const std::size_t event = StepRows(view, table_, filter(), 1).FirstFrom(0, 0);
    if (event != StepRows::kNone) first = event;
    return first;
  }
  IndexedHit hits[TimeReader::kBlock];
  ForEachHitBlock(view, table_, filter(), false, hits, [&](std::size_t count) {
    const auto* const hit = std::find_if(
        hits, hits + count, [](const IndexedHit& candidate) { return (candidate.fills & 1) != 0; });
    if (hit != hits + count) first = hit->index;
    return first.has_value();
  });
  return first;
}

/// Puts all hits into held_, those with the same property together, in order of time.
void RuledFunnel::CollectHeld(const View& view) {
  const timeline::PropertyColumn column(view, hold_);
  const auto absent = column.SymbolOf(std::nullopt);
  IndexedHit hits[TimeReader::kBlock];
  held_.clear();
  ForEachHitBlock(view, table_, filter(), rules_.mode.order, hits, [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t symbol = column.SymbolAt(hits[i].index);
      if (symbol != absent) held_.push_back({hits[i].at, hits[i].fills, symbol});
    }
    return false;
  });
  SortPolledInPlace(std::span(held_), [](const HeldHit& a, const HeldHit& b) {
    return a.symbol != b.symbol ? a.symbol < b.symbol : a.at < b.at;
  });
}

/// Calls use(symbol) with the hits of each held property in hits_.
template <class Use>
void RuledFunnel::ForEachHeld(const View& view, Use&& use) {
  CollectHeld(view);
  for (std::size_t i = 0; i < held_.size();) {
    const std::uint32_t symbol = held_[i].symbol;
    hits_.clear();
    for (; i < held_.size() && held_[i].symbol == symbol; ++i) {
      hits_.push_back({held_[i].at, held_[i].fills});
    }
    use(symbol);
  }
}

/// Those of hits_ from the beginning of an attempt's chain to its end.
std::span<const StepHit> RuledFunnel::HitsOf(const FunnelAttempt& attempt) const {
  const auto first = std::lower_bound(hits_.begin(), hits_.end(), attempt.begun,
                                      [](const StepHit& hit, Micros at) { return hit.at < at; });
  const auto end = std::upper_bound(first, hits_.end(), attempt.reached,
                                    [](Micros at, const StepHit& hit) { return at < hit.at; });
  return {first, end};
}

FunnelAttempt RuledFunnel::Best(const View& view, Micros* out) {
  if (hold_ == 0) {
    const FunnelAttempt best = Scan(view);
    if (best.depth > 0) {
      CollectHits(view, best.begun, best.reached);
      WriteRuleChain(rules_, hits_, best, memory_, out);
    }
    return best;
  }
  FunnelAttempt best;
  ForEachHeld(view, [&](std::uint32_t symbol) {
    const FunnelAttempt attempt = ScanHits(false);
    if (attempt.depth == 0 || Wins(best, attempt)) return;
    Micros chain[kMaxSteps];
    WriteRuleChain(rules_, HitsOf(attempt), attempt, memory_, chain);
    Micros* const end = chain + attempt.depth;
    if (Wins(attempt, best) || std::lexicographical_compare(chain, end, out, out + best.depth)) {
      std::copy(chain, end, out);
      best_symbol_ = symbol;
    }
    best = attempt;
  });
  return best;
}

void RuledFunnel::Attempts(const View& view, std::pmr::memory_resource* memory,
                           std::pmr::vector<Found>* found, std::pmr::vector<Micros>* times) {
  const auto add = [&](const FunnelAttempt& attempt) {
    found->push_back({attempt, times->size()});
    times->resize(times->size() + static_cast<std::size_t>(attempt.depth));
    return times->data() + found->back().chain;
  };
  if (fast_) {
    Micros chain[kMaxSteps];
    const int depth = fast_->Chain(view, chain);
    if (depth > 0) std::copy(chain, chain + depth, add({depth, chain[0], chain[depth - 1]}));
    return;
  }
  if (!Reaches(view)) return;
  const auto scan = [&] {
    ScanHits(true);
    for (const FunnelAttempt& attempt : scan_->attempts()) {
      if (attempt.depth > 0) WriteRuleChain(rules_, HitsOf(attempt), attempt, memory, add(attempt));
    }
  };
  if (hold_ == 0) {
    CollectHits(view, view.first(), view.last());
    scan();
    return;
  }
  ForEachHeld(view, [&scan](std::uint32_t) { scan(); });
  SortPolledInPlace(std::span(*found), [times](const Found& a, const Found& b) {
    if (a.attempt.begun != b.attempt.begun) return a.attempt.begun < b.attempt.begun;
    const auto begin = times->begin();
    return std::lexicographical_compare(
        begin + static_cast<std::ptrdiff_t>(a.chain),
        begin + static_cast<std::ptrdiff_t>(a.chain) + a.attempt.depth,
        begin + static_cast<std::ptrdiff_t>(b.chain),
        begin + static_cast<std::ptrdiff_t>(b.chain) + b.attempt.depth);
  });
}

}  // namespace cdp::behavior
