/// Whom a rule means, worked out from stored sets: the values of tags, their numbers, who did what
/// on which day.
#pragma once

#include <deque>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/audience/rule.h"
#include "core/audience/rule_range.h"
#include "core/bsi/id_set.h"

namespace cdp::audience {

using bitmap::Bytes;
using bsi::IdSet;

struct TagValue {
  std::string_view value;
  Bytes people;
};

/// A day of an event: who did it, or how often, as a bsi.
struct EventDay {
  Bytes people;
  Bytes times;
};
enum class DayPart { kPeople, kTimes };

/// Where the sets lie: of all people, or of a part of them that is asked by itself. What it gives
/// stays where it is until the evaluation ends. `leaf` is a node of the rule, of equal ones always
/// the same.
class Source {
 public:
  virtual ~Source() = default;

  virtual Bytes Everyone() = 0;
  /// What the values of the leaf's tag are.
  virtual Scale ScaleOfTag(const Node& leaf) = 0;
  /// A bsi of the values of a tag of numbers or dates (days since 2000-01-01).
  virtual Bytes TagNumbers(const Node& leaf) = 0;
  /// Of other tags the values, or of these at least those that the leaf's test may mean.
  virtual std::span<const TagValue> TagValues(const Node& leaf) = 0;
  /// The days in the span on which anybody did the leaf's event; the other part may be missing.
  virtual std::span<const EventDay> EventDays(const Node& leaf, DaySpan days, DayPart part) = 0;
  /// What is not worked out from these: attributes, audiences, ids, top, properties of events,
  /// sequences, windows that begin within a day. Only people of `within` are asked for, unless it
  /// is null; others may come too.
  virtual IdSet Other(const Node& leaf, const IdSet* within) = 0;
  /// How many bytes the leaf takes to answer, roughly: the least is asked first.
  virtual std::uint64_t Cost(const Node& leaf) = 0;
};

/// The days from which a leaf is answered; nothing when it takes more than days.
std::optional<DaySpan> SpanOf(const Node& leaf, Day today);

/// What a node of a rule comes to by itself, and how long that took with all that is in it.
struct NodeFigure {
  std::uint64_t people;
  double ms;
};

/// Evaluates a rule. Of "and" the cheapest part is asked first and the others only about who is
/// left, until nobody is; of "or", only about who is not in yet. What stands in the rule more than
/// once is worked out once, unless about other people.
class Evaluator {
 public:
  /// The rule and the source must outlive it.
  Evaluator(const Node& rule, Source* source, Day today, std::pmr::memory_resource* memory);

  IdSet Run() { return People(rule_, nullptr); }
  /// Every node, in the order of TreeOf. Instead of Run(), not after it.
  std::vector<NodeFigure> Figures();

 private:
  /// What equal nodes have in common.
  struct Distinct {
    const Node* node;  ///< the first of them
    std::uint64_t cost = 0;
    bool open = false;    ///< means also people of whom nothing is stored
    bool stored = false;  ///< from sets that are read as a whole, whoever is asked about
    std::uint32_t uses = 0;
    std::optional<IdSet> people;
    std::optional<IdSet> within;  ///< of these; of everybody when there is none
  };
  Distinct* Prepare(const Node& node);
  bool IsOpenLeaf(const Node& leaf) const;
  Distinct& Of(const Node& node) { return *distinct_of_.at(&node); }
  std::vector<const Node*> InOrder(const Node& node, const IdSet* within);

  /// Those of `within`, or of everybody when it is null.
  IdSet People(const Node& node, const IdSet* within);
  IdSet Shared(Distinct* distinct, const IdSet* within);
  IdSet Work(const Node& node, const IdSet* within);
  IdSet All(const Node& node, const IdSet* within);
  IdSet Any(const Node& node, const IdSet* within);
  IdSet Leaf(const Node& leaf, const IdSet* within);
  IdSet Tag(const Node& leaf, const IdSet* within);
  IdSet ByValues(const Node& leaf, const IdSet* within);
  IdSet OneOf(const Node& leaf, Bytes numbers, const IdSet* within);
  IdSet Counted(const Node& leaf, DaySpan span, const IdSet* within);
  IdSet FirstOrLast(const Node& leaf, DaySpan span);
  IdSet Figure(const Node& node, std::vector<NodeFigure>* figures);

  IdSet Nobody() const { return IdSet(memory_); }
  IdSet Copy(const IdSet& people) const { return IdSet(people.bytes(), memory_); }
  IdSet Base(const IdSet* within);
  IdSet Without(const IdSet* within, const IdSet& gone);
  IdSet UnionOf(std::span<const EventDay> days);
  IdSet UnionOf(std::span<bitmap::BitmapView> views);
  IdSet InRange(Bytes numbers, const Range& range, const IdSet* within);

  const Node& rule_;
  Source* source_;
  Day today_;
  std::pmr::memory_resource* memory_;
  std::deque<Distinct> distinct_;
  std::unordered_map<const Node*, Distinct*> distinct_of_;
  std::unordered_map<std::string, Distinct*> by_key_;
};

}  // namespace cdp::audience
