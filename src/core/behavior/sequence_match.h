/// Finding a sequence pattern in events.
///
/// Events come in their total order, by time and at one instant by the set of conditions they fill,
/// so that the order of rows never matters. Only events that fill some condition are seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/base/stop.h"
#include "core/base/time.h"
#include "core/behavior/sequence_pattern.h"

namespace cdp::behavior {

/// One pass that says where matches end. For every item of the pattern and every event it knows the
/// latest start of a match of the items so far that ends there; times between are windows that
/// slide over the events, so the work is events times items (and times that != cuts out), however
/// many ways to match there are.
class SequenceScan {
 public:
  /// `pattern` must outlive the scan.
  SequenceScan(const SequencePattern& pattern, std::pmr::memory_resource* memory);

  /// True when a match ends with this event; then the scan begins anew behind it. `fills` is never
  /// empty.
  bool Feed(Micros at, std::uint64_t fills);

 private:
  /// Below every instant.
  static constexpr Micros kNone = std::numeric_limits<Micros>::min();

  struct Made {
    Micros at;
    Micros start;
  };

  /// First in, first out.
  class Line {
   public:
    explicit Line(std::pmr::memory_resource* memory) : made_(memory) {}
    bool empty() const { return front_ == made_.size(); }
    const Made& front() const { return made_[front_]; }
    const Made& back() const { return made_.back(); }
    void PushBack(Made made) { made_.push_back(made); }
    void PopBack() { made_.pop_back(); }
    void PopFront();
    void Clear();

   private:
    std::pmr::vector<Made> made_;
    std::size_t front_ = 0;
  };

  /// The partial matches from which the time to the current event is in a span.
  struct Window {
    SpanRange span;
    Line waiting;  ///< too near still
    Line ready;    ///< near enough; starts descend, so the first is the latest
  };

  /// What an item needs to know of the one before it.
  struct Stage {
    Micros last = kNone;  ///< the start of the match that ends at the previous event with this item
    Micros best = kNone;  ///< skips, in any time: the latest start of the items before it
    std::pmr::vector<Window> windows;  ///< skips, in some times

    explicit Stage(std::pmr::memory_resource* memory) : windows(memory) {}
  };

  Micros StartOf(std::size_t item, Micros at);
  void Keep(std::size_t item, Micros at, Micros start);
  void Restart();

  const SequencePattern& pattern_;
  std::pmr::vector<Stage> stages_;
  StopTicker ticker_;
};

/// An event with the conditions it fills.
struct Seen {
  Micros at;
  std::uint64_t fills;
};

/// The events of the first match: of those that end first the one whose first event comes first,
/// then its second, and so on; what a regular expression would find. `events` ends where that match
/// does, as SequenceScan says. Writes the times of the items that the pattern names.
void WriteMatchChain(const SequencePattern& pattern, std::span<const Seen> events,
                     std::pmr::memory_resource* memory, std::pmr::vector<Micros>* chain);

}  // namespace cdp::behavior
