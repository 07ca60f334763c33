/// What people did, as a rule says it: a leaf of behaviour, compiled for the timelines that hold
/// the events, and asked person by person.
///
/// - Events are those of the leaf's kind that lie in its window and fulfil its conditions. How
/// often,
///   the sum, average, least and greatest number and how many different ones are figures of them;
///   events without the property count in no figure of it. Of no numbers there is no sum, average,
///   least or greatest, and no comparison with it is true. Days are those of the business.
/// - The first event is the first of its kind ever, whatever it fulfils; the leaf holds when that
///   one lies in the window and fulfils the conditions. So the last.
/// - Sequences: behavior_sequence.h. The window is that of their first event.
/// - The order of events is that of timelines (core/timeline/event.h).
/// - A value is the number that timelines hold, in units of 10^-decimals. A property is a text: =
/// and
///   in compare it as it is; an order wants a number or a time of it, and where it is none, it
///   fulfils nothing. Numbers count with three decimals; a date is its midnight.
#pragma once

#include <memory_resource>
#include <optional>
#include <utility>
#include <vector>

#include "core/audience/behavior_number.h"
#include "core/audience/behavior_property.h"
#include "core/audience/behavior_sequence.h"
#include "core/behavior/code_masks.h"

namespace cdp::audience {

/// What is known of a person before the last event.
struct BehaviorState {
  explicit BehaviorState(std::pmr::memory_resource* memory) : numbers(memory), sequence(memory) {}
  void Reset(std::uint32_t new_person);
  std::size_t CountDifferent();

  std::uint32_t person = 0;
  std::uint64_t count = 0;
  Number sum = 0;
  std::int64_t least = 0;
  std::int64_t greatest = 0;
  bool verdict = false;                    ///< of the first event or the last one so far
  std::pmr::vector<std::int64_t> numbers;  ///< different ones, days perhaps; some of them repeated
  std::size_t different = 0;               ///< the first of these ascend, each once
  SequenceState sequence;
};

class Behavior {
 public:
  /// Of a leaf of kind kEvent, kAggregate, kFirst, kLast or kSequence. The leaf and the clock's
  /// zone must outlive it.
  Behavior(const Node& leaf, BehaviorNames* names, const Clock& clock,
           std::pmr::memory_resource* memory);

  /// Does it hold of people without any event?
  bool is_open() const { return is_open_; }
  /// Where the leaf's event lies, or the first one of a sequence.
  const timeline::Period& window() const { return window_; }
  std::int32_t first_code() const { return first_code_; }
  /// Who has fewer events of that code in the window is as who has none.
  std::int64_t least_events() const { return least_events_; }
  /// Events at other instants do not matter.
  const timeline::Period& reads() const { return reads_; }

  /// Can the events of a timeline change anything of what is known? Needs their header only.
  /// `state` is null before a person's first events.
  bool Concerns(const timeline::ImageHeader& header, const BehaviorState* state) const;

  /// Events that come behind all before them in the order of events.
  void Take(const timeline::View& view, BehaviorState* state) const;

  /// Now that all events are known.
  bool Holds(BehaviorState* state) const;

 private:
  void CompileSequence();
  void CompileFigure();
  void AddItem(const Event& event, std::int32_t condition);

  /// The number of a condition; -1: none.
  std::int32_t ConditionOf(const Event& event);

  template <class Visit>
  void Walk(const timeline::View& view, const timeline::Period& period, Visit&& visit) const;
  std::optional<std::int64_t> FigureOf(behavior::OperandReader* operands, std::size_t i) const;
  void TakeFigures(const timeline::View& view, BehaviorState* state) const;
  void TakeDays(const timeline::View& view, BehaviorState* state) const;

  const Node& leaf_;
  BehaviorNames* names_;
  Clock clock_;
  timeline::Period window_;
  timeline::Period reads_;
  bool is_open_ = false;
  std::int32_t first_code_ = 0;
  std::int64_t least_events_ = 1;
  std::uint64_t code_bits_ = 0;   ///< CodeBit of the events that matter
  std::uint64_t first_bits_ = 0;  ///< of the first event of a sequence
  behavior::CodeMasks items_;
  timeline::CodeMarks marks_;
  behavior::StepConditions conditions_;
  std::vector<std::int32_t> item_conditions_;  ///< what an event must fulfil to count
  std::int32_t verdict_ = -1;                  ///< what the first or last event must fulfil
  std::optional<NumberTest> test_;
  behavior::Operand figure_ = 0;
  /// By code, where figure_ has words.
  std::vector<std::pair<std::int32_t, std::int64_t>> word_numbers_;
  std::optional<SequenceRule> sequence_;
};

}  // namespace cdp::audience
