#include "core/behavior/timeline_intervals.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include "core/base/scratch.h"
#include "core/base/stop.h"
#include "core/behavior/duration_sketch.h"
#include "core/timeline/timeline_walk.h"

namespace cdp::behavior {
namespace {

using timeline::CodeSet;
using timeline::View;

/// What an event may do, in the order in which that counts at one instant.
enum class Role : std::uint8_t { kBegins, kBoth, kEnds };

/// The events that may begin the next interval: those behind the last end.
class Open {
 public:
  explicit Open(std::pmr::memory_resource* memory) : begins_(memory) {}

  void Begin(Micros at, const IntervalQuestion& question) {
    // Without a longest interval the first stays the first.
    const bool keep_all = question.pairing == Pairing::kFirst && question.longest != UINT64_MAX;
    if (question.pairing == Pairing::kNearest) begins_.clear();
    if (begins_.empty() || keep_all) begins_.push_back(at);
  }

  std::optional<Micros> End(Micros at, const IntervalQuestion& question) {
    const auto near = std::find_if(begins_.begin(), begins_.end(), [&](Micros begin) {
      return Elapsed(begin, at) <= question.longest;
    });
    const auto found = near == begins_.end() ? std::nullopt : std::optional<Micros>(*near);
    begins_.clear();
    return found;
  }

 private:
  std::pmr::vector<Micros> begins_;
};

/// Calls give(interval) for every interval, as events come.
template <class Give>
class Walk {
 public:
  Walk(const View& view, const IntervalQuestion& question, std::pmr::memory_resource* memory,
       Give give)
      : question_(question),
        give_(give),
        memory_(memory),
        instant_(memory),
        open_(memory),
        by_held_(memory) {
    if (question.held != 0) held_ = timeline::PropertyColumn(view, question.held);
  }

  void Add(Micros at, std::int32_t code, std::size_t index) {
    const bool begins = question_.from == nullptr || question_.from->Has(code);
    const bool ends = question_.to == nullptr || question_.to->Has(code);
    if (!begins && !ends) return;
    std::uint32_t symbol = 0;
    if (question_.held != 0) {
      if (held_.empty()) return;
      symbol = held_.SymbolAt(index);
      if (!held_.ValueOf(symbol)) return;
    }
    if (at != now_) Finish();
    now_ = at;
    instant_.push_back({!ends ? Role::kBegins : begins ? Role::kBoth : Role::kEnds, symbol});
  }

  /// Takes the events of the last instant.
  void Finish() {
    if (instant_.size() > 1) std::ranges::stable_sort(instant_, {}, &Event::role);
    for (const Event& event : instant_) Take(event);
    ticker_.Step(static_cast<std::uint32_t>(instant_.size()));
    instant_.clear();
  }

 private:
  struct Event {
    Role role;
    std::uint32_t symbol;
  };

  void Take(const Event& event) {
    Open& open =
        question_.held == 0 ? open_ : by_held_.try_emplace(event.symbol, memory_).first->second;
    if (event.role != Role::kBegins) {
      if (const auto begin = open.End(now_, question_)) give_(EventInterval{*begin, now_});
    }
    if (event.role != Role::kEnds) open.Begin(now_, question_);
  }

  const IntervalQuestion& question_;
  Give give_;
  std::pmr::memory_resource* memory_;
  timeline::PropertyColumn held_;
  Micros now_ = INT64_MIN;
  std::pmr::vector<Event> instant_;
  Open open_;
  std::pmr::unordered_map<std::uint32_t, Open> by_held_;
  StopTicker ticker_;
};

template <class Give>
void ForEachInterval(const View& view, const IntervalQuestion& question,
                     std::pmr::memory_resource* memory, Give give) {
  if (timeline::MeetsNone(view, question.from) || timeline::MeetsNone(view, question.to)) return;
  Walk<Give> walk(view, question, memory, give);
  timeline::ForEachOf(view, nullptr, [&walk](Micros at, std::int32_t code, std::size_t index) {
    walk.Add(at, code, index);
  });
  walk.Finish();
}

/// The first part of a key.
enum class Part : std::int32_t {
  kEdge,   ///< number of an edge, its upper and lower half: timelines with intervals
  kSpans,  ///< a bin (-1: before the first edge), a bin of sketches, 0: intervals
};

[[noreturn]] void ThrowCorrupt(const char* detail) {
  throw Error(ErrorCode::kCorruptData, "tally is corrupt", detail);
}

}  // namespace

Pairing ParsePairing(std::string_view word) {
  if (word == "nearest") return Pairing::kNearest;
  if (word == "first") return Pairing::kFirst;
  throw Error(ErrorCode::kInvalidArgument, "pairing \"" + std::string(word) + "\" does not exist",
              {}, "Use \"nearest\" or \"first\".");
}

void CheckIntervals(const IntervalQuestion& question) {
  if (question.held < 0 || question.held > timeline::kMaxProperties) {
    throw Error(ErrorCode::kInvalidArgument,
                "property " + std::to_string(question.held) + " is out of range",
                "Properties are numbered from 1 to " + std::to_string(timeline::kMaxProperties) +
                    "; 0 stands for none.");
  }
  const auto edges = question.edges;
  const bool ascending = std::ranges::adjacent_find(edges, std::greater_equal<>()) == edges.end();
  if (edges.size() > kMaxIntervalBins || !ascending) {
    throw Error(ErrorCode::kInvalidArgument, "bins must be ascending intervals",
                "There may be up to " + std::to_string(kMaxIntervalBins) + ".");
  }
}

std::pmr::vector<EventInterval> IntervalsOf(const View& view, const IntervalQuestion& question,
                                            std::pmr::memory_resource* memory) {
  std::pmr::vector<EventInterval> intervals(memory);
  ForEachInterval(view, question, memory,
                  [&intervals](const EventInterval& interval) { intervals.push_back(interval); });
  return intervals;
}

void CountIntervals(const View& view, const IntervalQuestion& question, TallyTable* tally,
                    std::pmr::memory_resource* memory) {
  const auto edges = question.edges;
  bool any = false;
  Scratch scratch(memory);
  ForEachInterval(view, question, &scratch, [&](const EventInterval& interval) {
    const std::uint64_t span = Elapsed(interval.from, interval.to);
    const auto bin = std::ranges::upper_bound(edges, span) - edges.begin() - 1;
    const std::int32_t key[kIntervalParts] = {static_cast<std::int32_t>(Part::kSpans),
                                              static_cast<std::int32_t>(bin),
                                              static_cast<std::int32_t>(BinOf(span)), 0};
    tally->Add(key, 1);
    any = true;
  });
  if (!any) return;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const std::int32_t key[kIntervalParts] = {
        static_cast<std::int32_t>(Part::kEdge), static_cast<std::int32_t>(i),
        static_cast<std::int32_t>(edges[i] >> 32), static_cast<std::int32_t>(edges[i])};
    tally->Add(key, 1);
  }
}

IntervalCounts::IntervalCounts(const TallyView& view, std::pmr::memory_resource* memory)
    : edges_(memory), counts_(memory), spans_(memory) {
  StopTicker ticker;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const TallyRow row = view.At(i);
    ticker.Step();
    if (row.key[0] == static_cast<std::int32_t>(Part::kEdge)) {
      if (static_cast<std::size_t>(row.key[1]) != edges_.size()) ThrowCorrupt("A bin is missing.");
      edges_.push_back(static_cast<std::uint64_t>(static_cast<std::uint32_t>(row.key[2])) << 32 |
                       static_cast<std::uint32_t>(row.key[3]));
      counts_.push_back(0);
      continue;
    }
    if (row.key[0] != static_cast<std::int32_t>(Part::kSpans) || row.key[1] < -1 ||
        row.key[1] >= static_cast<std::int64_t>(edges_.size()) || row.key[2] < 0 ||
        row.key[2] >= static_cast<std::int64_t>(kBins)) {
      ThrowCorrupt("A key of it is none.");
    }
    if (__builtin_add_overflow(all_, row.count, &all_)) {
      throw Error(ErrorCode::kOutOfRange, "bigint out of range");
    }
    // No more than all, so it fits too.
    if (row.key[1] >= 0) counts_[static_cast<std::size_t>(row.key[1])] += row.count;
    spans_.push_back({row.key[2], row.count});
  }
  // Bins of the question cut bins of the sketch, so one may come twice, but they ascend alike.
  if (!std::ranges::is_sorted(spans_, {}, &Spans::sketch_bin)) {
    ThrowCorrupt("Its intervals are not in order.");
  }
}

std::pmr::vector<IntervalBin> IntervalCounts::Bins(std::pmr::memory_resource* memory) const {
  std::pmr::vector<IntervalBin> bins(memory);
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const auto to = i + 1 < edges_.size() ? std::optional(edges_[i + 1]) : std::nullopt;
    bins.push_back({edges_[i], to, counts_[i], all_});
  }
  return bins;
}

std::optional<std::uint64_t> IntervalCounts::Quantile(double share) const {
  if (all_ == 0) return std::nullopt;
  const double rank = std::ceil(share * static_cast<double>(all_));
  std::int64_t seen = 0;
  for (const Spans& spans : spans_) {
    seen += spans.count;
    if (static_cast<double>(seen) >= rank)
      return MiddleOf(static_cast<std::uint32_t>(spans.sketch_bin));
  }
  return MiddleOf(static_cast<std::uint32_t>(spans_.back().sketch_bin));
}

}  // namespace cdp::behavior
