#include "core/behavior/sequence_match.h"

#include <algorithm>

namespace cdp::behavior {

void SequenceScan::Line::PopFront() {
  ++front_;
  // Room behind the front is given back once it is half of all.
  if (front_ >= 64 && front_ * 2 >= made_.size()) {
    made_.erase(made_.begin(), made_.begin() + static_cast<std::ptrdiff_t>(front_));
    front_ = 0;
  }
}

void SequenceScan::Line::Clear() {
  made_.clear();
  front_ = 0;
}

SequenceScan::SequenceScan(const SequencePattern& pattern, std::pmr::memory_resource* memory)
    : pattern_(pattern), stages_(memory) {
  stages_.reserve(pattern.items.size());
  for (const PatternItem& item : pattern.items) {
    Stage& stage = stages_.emplace_back(memory);
    if (!item.skips || (item.spans.size() == 1 && item.spans[0].unlimited())) continue;
    for (const SpanRange& span : item.spans) {
      stage.windows.push_back({span, Line(memory), Line(memory)});
    }
  }
}

bool SequenceScan::Feed(Micros at, std::uint64_t fills) {
  // From the last item back, so that what an item finds of the one before it is from earlier
  // events.
  for (std::size_t item = stages_.size(); item-- > 0;) {
    Micros start = kNone;
    if ((pattern_.items[item].fills & fills) != 0) start = item == 0 ? at : StartOf(item, at);
    if (start != kNone && Elapsed(start, at) > pattern_.window) start = kNone;
    stages_[item].last = start;
    if (start == kNone) continue;
    if (item + 1 == stages_.size()) {
      Restart();
      return true;
    }
    Keep(item + 1, at, start);
  }
  ticker_.Step(static_cast<std::uint32_t>(stages_.size()));
  return false;
}

/// The latest start of a match of the items before `item` that it can follow at this instant.
Micros SequenceScan::StartOf(std::size_t item, Micros at) {
  if (!pattern_.items[item].skips) return stages_[item - 1].last;
  Stage& stage = stages_[item];
  Micros latest = stage.best;
  for (Window& window : stage.windows) {
    while (!window.waiting.empty() && Elapsed(window.waiting.front().at, at) >= window.span.least) {
      const Made made = window.waiting.front();
      window.waiting.PopFront();
      // What starts no later than this one also leaves the span no later.
      while (!window.ready.empty() && window.ready.back().start <= made.start) {
        window.ready.PopBack();
      }
      // With no end to the span only the latest start matters.
      if (window.span.most != kNoLimit || window.ready.empty()) window.ready.PushBack(made);
      ticker_.Step();
    }
    while (!window.ready.empty() && Elapsed(window.ready.front().at, at) > window.span.most) {
      window.ready.PopFront();
    }
    if (!window.ready.empty()) latest = std::max(latest, window.ready.front().start);
  }
  return latest;
}

/// Tells `item` of a match of the items before it.
void SequenceScan::Keep(std::size_t item, Micros at, Micros start) {
  const PatternItem& next = pattern_.items[item];
  if (!next.skips) return;
  Stage& stage = stages_[item];
  if (stage.windows.empty()) {
    // No time at all fits when there is no span.
    if (!next.spans.empty()) stage.best = std::max(stage.best, start);
    return;
  }
  for (Window& window : stage.windows) window.waiting.PushBack({at, start});
}

void SequenceScan::Restart() {
  for (Stage& stage : stages_) {
    stage.last = stage.best = kNone;
    for (Window& window : stage.windows) {
      window.waiting.Clear();
      window.ready.Clear();
    }
  }
}

namespace {

/// Whether the event at index `to` may follow the one at `from` with this item.
bool Follows(const PatternItem& item, std::span<const Seen> events, std::size_t from,
             std::size_t to) {
  if (!item.skips) return to == from + 1;
  const std::uint64_t elapsed = Elapsed(events[from].at, events[to].at);
  return std::any_of(item.spans.begin(), item.spans.end(),
                     [elapsed](const SpanRange& span) { return span.Holds(elapsed); });
}

/// For each event, whether an event behind it leads to the end with `item`, as `leads` says of the
/// events with that item.
void MarkBefore(const PatternItem& item, std::span<const Seen> events,
                const std::pmr::vector<bool>& leads, std::pmr::vector<bool>* marked,
                std::pmr::memory_resource* memory) {
  const std::size_t count = events.size();
  if (!item.skips) {
    for (std::size_t i = 0; i + 1 < count; ++i) (*marked)[i] = leads[i + 1];
    return;
  }
  StopTicker ticker;
  std::pmr::vector<std::size_t> before(count + 1, 0, memory);  // of events that lead
  for (std::size_t i = 0; i < count; ++i) before[i + 1] = before[i] + (leads[i] ? 1 : 0);
  for (const SpanRange& span : item.spans) {
    std::size_t from = 0;
    std::size_t to = 0;
    for (std::size_t i = 0; i < count; ++i) {
      from = std::max(from, i + 1);
      to = std::max(to, i + 1);
      while (from < count && Elapsed(events[i].at, events[from].at) < span.least) ++from;
      while (to < count && Elapsed(events[i].at, events[to].at) <= span.most) ++to;
      if (from < to && before[to] > before[from]) (*marked)[i] = true;
      ticker.Step();
    }
  }
}

}  // namespace

void WriteMatchChain(const SequencePattern& pattern, std::span<const Seen> events,
                     std::pmr::memory_resource* memory, std::pmr::vector<Micros>* chain) {
  const std::size_t items = pattern.items.size();
  // leads[item][event]: the items from this one on can be consumed from this event to the last.
  std::pmr::vector<std::pmr::vector<bool>> leads(memory);
  leads.reserve(items);
  for (std::size_t item = 0; item < items; ++item) leads.emplace_back(events.size(), false);
  leads[items - 1].back() = true;
  for (std::size_t item = items - 1; item-- > 0;) {
    MarkBefore(pattern.items[item + 1], events, leads[item + 1], &leads[item], memory);
    for (std::size_t i = 0; i < events.size(); ++i) {
      if ((pattern.items[item].fills & events[i].fills) == 0) leads[item][i] = false;
    }
  }
  StopTicker ticker;
  std::size_t at = 0;
  while (!leads[0][at] || Elapsed(events[at].at, events.back().at) > pattern.window) ++at;
  for (std::size_t item = 0;;) {
    if (pattern.items[item].named) chain->push_back(events[at].at);
    if (++item == items) break;
    const std::size_t from = at++;
    for (; !leads[item][at] || !Follows(pattern.items[item], events, from, at); ++at) {
      ticker.Step();
    }
  }
}

}  // namespace cdp::behavior
