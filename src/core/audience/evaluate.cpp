#include "core/audience/evaluate.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "core/audience/rule_words.h"
#include "core/base/stop.h"
#include "core/bitmap/bitmap_many.h"
#include "core/bsi/bsi.h"
#include "core/bsi/bsi_ask.h"

namespace cdp::audience {
namespace {

using bitmap::BitmapView;
using bitmap::SetOperation;

std::uint64_t Saturated(std::uint64_t a, std::uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

std::int64_t Clamped(Number number) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp<Number>(number, kLeast, kGreatest));
}

/// As often as the test of an event says; without one, at least once.
Range TimesOf(const Node& leaf, Day today) {
  if (leaf.test.compare == Compare::kSet) return {1, kNoNumber, true};
  return *RangeOf(leaf.test, today);
}

/// A tag that has been defined anew since the rule was.
[[noreturn]] void ThrowMisfit(const Node& leaf, Scale scale) {
  const char* detail = scale == Scale::kText     ? "Only numbers and dates have an order."
                       : scale == Scale::kNumber ? "What it is compared with is no number."
                                                 : "What it is compared with is no day.";
  throw Error(ErrorCode::kInvalidArgument,
              "tag \"" + Shortened(leaf.name) + "\" " + WhatHolds(scale), detail);
}

/// Is the value among those that the test names? For <> and not in: among those it does not mean.
bool Names(const Test& test, std::string_view value) {
  return std::any_of(test.values.begin(), test.values.end(),
                     [value](const Value& each) { return each.text == value; });
}

}  // namespace

std::optional<DaySpan> SpanOf(const Node& leaf, Day today) {
  const bool is_of_days = leaf.kind == Kind::kEvent || leaf.kind == Kind::kFirst ||
                          leaf.kind == Kind::kLast ||
                          (leaf.kind == Kind::kAggregate && leaf.aggregate == Aggregate::kDays);
  if (!is_of_days || !leaf.events.front().where.empty()) return std::nullopt;
  return DaysOf(leaf.window, today);
}

Evaluator::Evaluator(const Node& rule, Source* source, Day today, std::pmr::memory_resource* memory)
    : rule_(rule), source_(source), today_(today), memory_(memory) {
  Prepare(rule);
}

bool Evaluator::IsOpenLeaf(const Node& leaf) const {
  if (leaf.kind == Kind::kEveryone || leaf.test.compare == Compare::kNotSet) return true;
  // Who never did it has done it 0 times.
  const bool counts = leaf.kind == Kind::kEvent ||
                      (leaf.kind == Kind::kAggregate && leaf.aggregate >= Aggregate::kDistinct);
  return counts && TimesOf(leaf, today_).Holds(0);
}

Evaluator::Distinct* Evaluator::Prepare(const Node& node) {
  std::vector<Distinct*> parts;
  for (const Node& part : node.parts) parts.push_back(Prepare(part));
  std::string key;
  if (parts.empty()) {
    key = PrintRule(node);
  } else {
    // No leaf begins so; the order of the parts means nothing.
    key = ")";
    key += static_cast<char>(node.kind);
    std::vector<Distinct*> in_order = parts;
    std::sort(in_order.begin(), in_order.end(), std::less<>());
    key.append(reinterpret_cast<const char*>(in_order.data()), in_order.size() * sizeof(Distinct*));
  }
  const auto [found, is_new] = by_key_.try_emplace(std::move(key));
  if (is_new) {
    Distinct& distinct = distinct_.emplace_back();
    found->second = &distinct;
    distinct.node = &node;
    if (parts.empty()) {
      distinct.cost = source_->Cost(node);
      distinct.open = IsOpenLeaf(node);
      distinct.stored = node.kind == Kind::kTag || SpanOf(node, today_).has_value();
    } else {
      distinct.open = node.kind != Kind::kOr;
      distinct.stored = true;
    }
    for (const Distinct* part : parts) {
      distinct.cost = Saturated(distinct.cost, part->cost);
      if (node.kind == Kind::kAnd) distinct.open = distinct.open && part->open;
      if (node.kind == Kind::kOr) distinct.open = distinct.open || part->open;
      distinct.stored = distinct.stored && part->stored;
    }
  }
  ++found->second->uses;
  distinct_of_.emplace(&node, found->second);
  return found->second;
}

std::vector<const Node*> Evaluator::InOrder(const Node& node, const IdSet* within) {
  std::vector<const Node*> parts;
  for (const Node& part : node.parts) parts.push_back(&part);
  std::stable_sort(parts.begin(), parts.end(), [this, within](const Node* a, const Node* b) {
    const Distinct& first = Of(*a);
    const Distinct& second = Of(*b);
    // What is open needs everybody when nobody narrows it down.
    if (within == nullptr && first.open != second.open) return second.open;
    return first.cost < second.cost;
  });
  return parts;
}

IdSet Evaluator::People(const Node& node, const IdSet* within) {
  CheckStop();
  if (within != nullptr && within->empty()) return Nobody();
  Distinct& distinct = Of(node);
  return distinct.uses > 1 ? Shared(&distinct, within) : Work(node, within);
}

IdSet Evaluator::Shared(Distinct* distinct, const IdSet* within) {
  const auto is_known = [&] {
    if (!distinct->people) return false;
    if (!distinct->within) return true;
    return within != nullptr &&
           IdSet(SetOperation::kAndNot, within->view(), distinct->within->view(), memory_).empty();
  };
  if (!is_known()) {
    const bool about_all = within == nullptr || (distinct->stored && !distinct->open);
    distinct->people = Work(*distinct->node, about_all ? nullptr : within);
    distinct->within.reset();
    if (!about_all) distinct->within = Copy(*within);
  }
  IdSet people = Copy(*distinct->people);
  if (within != nullptr) people.Combine(SetOperation::kAnd, within->view());
  return people;
}

IdSet Evaluator::Work(const Node& node, const IdSet* within) {
  switch (node.kind) {
    case Kind::kAnd:
      return All(node, within);
    case Kind::kOr:
      return Any(node, within);
    case Kind::kNot: {
      const IdSet base = Base(within);
      return Without(&base, People(node.parts.front(), &base));
    }
    default: {
      IdSet people = Leaf(node, within);
      if (within != nullptr) people.Combine(SetOperation::kAnd, within->view());
      return people;
    }
  }
}

IdSet Evaluator::All(const Node& node, const IdSet* within) {
  const auto parts = InOrder(node, within);
  IdSet people = People(*parts.front(), within);
  for (std::size_t i = 1; i < parts.size() && !people.empty(); ++i) {
    people = People(*parts[i], &people);
  }
  return people;
}

IdSet Evaluator::Any(const Node& node, const IdSet* within) {
  IdSet people = Nobody();
  if (within == nullptr) {
    for (const Node* part : InOrder(node, within)) {
      people.Combine(SetOperation::kOr, People(*part, nullptr).view());
    }
    return people;
  }
  IdSet left = Base(within);
  for (const Node* part : InOrder(node, within)) {
    if (left.empty()) break;
    const IdSet found = People(*part, &left);
    left.Combine(SetOperation::kAndNot, found.view());
  }
  return Without(within, left);
}

IdSet Evaluator::Leaf(const Node& leaf, const IdSet* within) {
  if (leaf.kind == Kind::kEveryone) return Base(within);
  if (leaf.kind == Kind::kTag) return Tag(leaf, within);
  const auto days = SpanOf(leaf, today_);
  if (!days) return source_->Other(leaf, within);
  if (leaf.kind == Kind::kFirst || leaf.kind == Kind::kLast) return FirstOrLast(leaf, *days);
  return Counted(leaf, *days, within);
}

IdSet Evaluator::Tag(const Node& leaf, const IdSet* within) {
  const Scale scale = source_->ScaleOfTag(leaf);
  if (!Fits(leaf.test, scale)) ThrowMisfit(leaf, scale);
  if (scale == Scale::kText) return ByValues(leaf, within);
  const Bytes numbers = source_->TagNumbers(leaf);
  const bsi::BsiView view(numbers);
  switch (leaf.test.compare) {
    case Compare::kSet:
      return IdSet(view.id_bytes(), memory_);
    case Compare::kNotSet:
      return Without(within, IdSet(view.id_bytes(), memory_));
    case Compare::kIn:
      return OneOf(leaf, numbers, within);
    case Compare::kNotIn:
      return IdSet(SetOperation::kAndNot, view.ids(), OneOf(leaf, numbers, within).view(), memory_);
    default:
      return InRange(numbers, RangeOf(leaf.test, today_).value(), within);
  }
}

IdSet Evaluator::OneOf(const Node& leaf, Bytes numbers, const IdSet* within) {
  IdSet people = Nobody();
  for (const Value& value : leaf.test.values) {
    CheckStop();
    const Range range = RangeOf({Compare::kEqual, {value}}, today_).value();
    people.Combine(SetOperation::kOr, InRange(numbers, range, within).view());
  }
  return people;
}

IdSet Evaluator::ByValues(const Node& leaf, const IdSet* within) {
  const auto values = source_->TagValues(leaf);
  std::vector<BitmapView> any;
  std::vector<BitmapView> meant;
  for (const TagValue& value : values) {
    CheckStop();
    any.emplace_back(value.people);
    if (Names(leaf.test, value.value)) meant.emplace_back(value.people);
  }
  switch (leaf.test.compare) {
    case Compare::kSet:
      return UnionOf(any);
    case Compare::kNotSet:
      return Without(within, UnionOf(any));
    case Compare::kNotEqual:
    case Compare::kNotIn: {
      const IdSet all = UnionOf(any);
      return Without(&all, UnionOf(meant));
    }
    default:
      return UnionOf(meant);
  }
}

IdSet Evaluator::Counted(const Node& leaf, DaySpan span, const IdSet* within) {
  const Range times = TimesOf(leaf, today_);
  const bool is_days = leaf.kind == Kind::kAggregate;
  const bool is_once = times == Range{1, kNoNumber, true};
  const auto days =
      source_->EventDays(leaf, span, is_days || is_once ? DayPart::kPeople : DayPart::kTimes);
  if (is_once) return UnionOf(days);
  bsi::Bsi total(memory_);
  for (const EventDay& day : days) {
    CheckStop();
    if (is_days) {
      total.AddToAll(day.people, 1);
    } else {
      total.Add(bsi::BsiView(day.times));
    }
  }
  std::pmr::vector<std::byte> image(total.ImageSize(), memory_);
  total.WriteImage(image.data());
  IdSet people = InRange(image, times, within);
  if (times.Holds(0)) {
    const IdSet active(bsi::BsiView(image).id_bytes(), memory_);
    people.Combine(SetOperation::kOr, Without(within, active).view());
  }
  return people;
}

/// Who did it in the span and never before it, or never after it.
IdSet Evaluator::FirstOrLast(const Node& leaf, DaySpan span) {
  const IdSet people = UnionOf(source_->EventDays(leaf, span, DayPart::kPeople));
  DaySpan outside;
  if (leaf.kind == Kind::kFirst) {
    if (span.from == outside.from) return Base(&people);
    outside.to = span.from - 1;
  } else {
    if (span.to == outside.to) return Base(&people);
    outside.from = span.to + 1;
  }
  return Without(&people, UnionOf(source_->EventDays(leaf, outside, DayPart::kPeople)));
}

std::vector<NodeFigure> Evaluator::Figures() {
  std::vector<NodeFigure> figures;
  Figure(rule_, &figures);
  return figures;
}

/// Nobody narrows anything down here: each node is to be seen by itself.
IdSet Evaluator::Figure(const Node& node, std::vector<NodeFigure>* figures) {
  CheckStop();
  const auto started = std::chrono::steady_clock::now();
  const std::size_t place = figures->size();
  figures->emplace_back();
  std::vector<IdSet> parts;
  for (const Node& part : node.parts) parts.push_back(Figure(part, figures));
  Distinct& distinct = Of(node);
  if (!distinct.people) {
    switch (node.kind) {
      case Kind::kAnd:
      case Kind::kOr: {
        const SetOperation together =
            node.kind == Kind::kAnd ? SetOperation::kAnd : SetOperation::kOr;
        distinct.people = std::move(parts.front());
        for (std::size_t i = 1; i < parts.size(); ++i) {
          distinct.people->Combine(together, parts[i].view());
        }
        break;
      }
      case Kind::kNot:
        distinct.people = Without(nullptr, parts.front());
        break;
      default:
        distinct.people = Leaf(*distinct.node, nullptr);
    }
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  (*figures)[place] = {distinct.people->Cardinality(), took.count()};
  return Copy(*distinct.people);
}

IdSet Evaluator::Base(const IdSet* within) {
  return IdSet(within != nullptr ? within->bytes() : source_->Everyone(), memory_);
}

IdSet Evaluator::Without(const IdSet* within, const IdSet& gone) {
  if (within == nullptr) {
    const IdSet everyone = Base(nullptr);
    return Without(&everyone, gone);
  }
  return IdSet(SetOperation::kAndNot, within->view(), gone.view(), memory_);
}

IdSet Evaluator::UnionOf(std::span<const EventDay> days) {
  std::vector<BitmapView> views;
  for (const EventDay& day : days) views.emplace_back(day.people);
  return UnionOf(views);
}

IdSet Evaluator::UnionOf(std::span<BitmapView> views) {
  if (views.empty()) return Nobody();
  bitmap::BitmapParts parts(memory_);
  bitmap::OrMany(views, &parts, memory_);
  std::pmr::vector<std::byte> bytes(parts.size(), memory_);
  parts.Write(bytes.data());
  return IdSet(bytes, memory_);
}

IdSet Evaluator::InRange(Bytes numbers, const Range& range, const IdSet* within) {
  const bsi::BsiView view(numbers);
  const BitmapView only = within != nullptr ? within->view() : BitmapView();
  const bsi::Question question(view, within != nullptr ? &only : nullptr, memory_);
  const bool is_far = range.low > INT64_MAX || range.high < INT64_MIN;
  IdSet people = is_far ? Nobody() : question.Between(Clamped(range.low), Clamped(range.high));
  if (range.inside) return people;
  return IdSet(SetOperation::kAndNot, view.ids(), people.view(), memory_);
}

}  // namespace cdp::audience
