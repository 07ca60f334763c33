#include "core/audience/behavior.h"

#include <algorithm>
#include <bit>
#include <string>

namespace cdp::audience {

using behavior::OperandReader;
using timeline::Period;
using timeline::TimeReader;
using timeline::View;

namespace {

constexpr std::size_t kMostItems = 64;

Micros LaterBy(Micros at, std::int64_t by) { return at > INT64_MAX - by ? INT64_MAX : at + by; }

void AddDifferent(std::int64_t number, BehaviorState* state) {
  constexpr std::size_t kFew = 32;
  std::pmr::vector<std::int64_t>& numbers = state->numbers;
  if (!numbers.empty() && numbers.back() == number) return;
  if (numbers.size() >= 2 * std::max(state->different, kFew)) state->CountDifferent();
  numbers.push_back(number);
}

}  // namespace

void BehaviorState::Reset(std::uint32_t new_person) {
  person = new_person;
  count = 0;
  sum = 0;
  verdict = false;
  numbers.clear();
  different = 0;
  sequence.Reset();
}

std::size_t BehaviorState::CountDifferent() {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  different = numbers.size();
  return different;
}

Behavior::Behavior(const Node& leaf, BehaviorNames* names, const Clock& clock,
                   std::pmr::memory_resource* memory)
    : leaf_(leaf),
      names_(names),
      clock_(clock),
      window_(clock.PeriodOf(leaf.window)),
      reads_(window_),
      items_(memory),
      conditions_(memory) {
  const Event& event = leaf.events.front();
  switch (leaf.kind) {
    case Kind::kSequence:
      CompileSequence();
      return;
    case Kind::kFirst:
    case Kind::kLast:
      AddItem(event, -1);
      verdict_ = ConditionOf(event);
      if (leaf.kind == Kind::kFirst) reads_.from = Period().from;
      if (leaf.kind == Kind::kLast) reads_.to = Period().to;
      return;
    default:
      AddItem(event, ConditionOf(event));
      test_ = NumberTest::Of(leaf.test, 0);
      if (leaf.kind == Kind::kAggregate && leaf.aggregate != Aggregate::kDays) CompileFigure();
      if (leaf.kind == Kind::kEvent || leaf.aggregate >= Aggregate::kDistinct) {
        is_open_ = test_ && test_->Holds(0);
        // Each event is one more at most, of what is counted.
        if (test_) least_events_ = test_->FirstOther();
      }
  }
}

void Behavior::CompileSequence() {
  if (leaf_.events.size() > kMostItems) {
    throw Error(ErrorCode::kLimitExceeded, "sequence is too long",
                "A sequence has at most " + std::to_string(kMostItems) + " events.");
  }
  SequenceItems items;
  for (std::size_t i = 0; i < leaf_.events.size(); ++i) {
    const Event& event = leaf_.events[i];
    AddItem(event, ConditionOf(event));
    const std::uint64_t bit = std::uint64_t{1} << i;
    if (event.absent) {
      items.absent.back() |= bit;
    } else {
      items.present.push_back(bit);
      items.absent.push_back(0);
    }
  }
  first_bits_ = items_.CodeBitsOf(1);
  const std::int64_t within = MicrosOf(leaf_.within);
  sequence_.emplace(std::move(items), within, window_, clock_.now());
  reads_.to = LaterBy(window_.to, within);
}

void Behavior::CompileFigure() {
  const PropertyPlace place = names_->Property(leaf_.events.front().name, leaf_.property);
  figure_ = place.operand;
  if (leaf_.aggregate == Aggregate::kDistinct) return;
  if (figure_ == 0) {
    test_ = NumberTest::Of(leaf_.test, place.decimals);
    return;
  }
  test_ = NumberTest::Of(leaf_.test, kWordDecimals);
  names_->Words(figure_, {}, [this](const PropertyWord& word) {
    if (word.number) word_numbers_.emplace_back(word.code, *word.number);
  });
  std::sort(word_numbers_.begin(), word_numbers_.end());
}

void Behavior::AddItem(const Event& event, std::int32_t condition) {
  const std::int32_t code = names_->Event(event.name);
  if (item_conditions_.empty()) first_code_ = code;
  items_.Add(code, static_cast<int>(item_conditions_.size()));
  item_conditions_.push_back(condition);
  code_bits_ |= timeline::CodeBit(code);
  if (code <= UINT8_MAX) marks_.Add(static_cast<std::uint8_t>(code));
}

std::int32_t Behavior::ConditionOf(const Event& event) {
  std::int32_t all = -1;
  for (const PropertyTest& test : event.where) {
    const std::int32_t one = AddCondition(event.name, test, clock_, names_, &conditions_);
    all = all < 0 ? one : conditions_.Both(all, one);
  }
  return all;
}

bool Behavior::Concerns(const timeline::ImageHeader& header, const BehaviorState* state) const {
  if ((header.code_bits & code_bits_) == 0) return false;
  if (header.last < reads_.from || header.first >= reads_.to) return false;
  if (sequence_) {
    if (state != nullptr && sequence_->IsDecided(state->sequence)) return false;
    const bool is_under_way = state != nullptr && sequence_->IsUnderWay(state->sequence);
    return is_under_way || (header.code_bits & first_bits_) != 0;
  }
  return leaf_.kind != Kind::kFirst || state == nullptr || state->count == 0;
}

/// Calls visit(at, items, operands, i) for every event of the period that does for an item: the
/// bits of these, and where its numbers are.
template <class Visit>
void Behavior::Walk(const View& view, const Period& period, Visit&& visit) const {
  timeline::WithCodes(view, [&](auto codes) {
    TimeReader times(view);
    OperandReader operands(view, conditions_.operands() | 1u << figure_);
    StopTicker ticker;
    Micros at[TimeReader::kRoom];
    const bool is_whole = period.HoldsAll(view);
    std::size_t index = 0;
    while (const std::size_t n = times.Next(at)) {
      operands.NextBlock(n);
      if (is_whole || at[n - 1] >= period.from) {
        timeline::ForEachMarked(view, &marks_, codes, index, n, [&](std::size_t i) {
          if (!is_whole && !period.Holds(at[i])) return;
          std::uint64_t left = items_.Of(codes[index + i]);
          std::uint64_t items = left;
          for (; left != 0; left &= left - 1) {
            const int item = std::countr_zero(left);
            const std::int32_t condition = item_conditions_[static_cast<std::size_t>(item)];
            const auto get = [&](behavior::Operand operand) { return operands.Get(operand, i); };
            if (condition >= 0 && !conditions_.Holds(condition, get)) {
              items &= ~(std::uint64_t{1} << item);
            }
          }
          if (items != 0) visit(at[i], items, &operands, i);
        });
      }
      index += n;
      ticker.Step(static_cast<std::uint32_t>(n));
      if (at[n - 1] >= period.to) return;
    }
  });
}

std::optional<std::int64_t> Behavior::FigureOf(OperandReader* operands, std::size_t i) const {
  const auto number = operands->Get(figure_, i);
  if (!number || figure_ == 0 || leaf_.aggregate == Aggregate::kDistinct) return number;
  const auto word = std::lower_bound(word_numbers_.begin(), word_numbers_.end(), *number,
                                     [](const std::pair<std::int32_t, std::int64_t>& one,
                                        std::int64_t code) { return one.first < code; });
  if (word == word_numbers_.end() || word->first != *number) return std::nullopt;
  return word->second;
}

void Behavior::TakeFigures(const View& view, BehaviorState* state) const {
  Walk(view, window_, [&](Micros, std::uint64_t, OperandReader* operands, std::size_t i) {
    const auto number = FigureOf(operands, i);
    if (!number) return;
    if (leaf_.aggregate == Aggregate::kDistinct) return AddDifferent(*number, state);
    state->least = state->count == 0 ? *number : std::min(state->least, *number);
    state->greatest = state->count == 0 ? *number : std::max(state->greatest, *number);
    state->sum += *number;
    ++state->count;
  });
}

void Behavior::TakeDays(const View& view, BehaviorState* state) const {
  DayWalk days(clock_.zone());
  Walk(view, window_, [&](Micros at, std::uint64_t, OperandReader*, std::size_t) {
    AddDifferent(days.DayOf(at), state);
  });
}

void Behavior::Take(const View& view, BehaviorState* state) const {
  switch (leaf_.kind) {
    case Kind::kSequence:
      return Walk(view, reads_, [&](Micros at, std::uint64_t items, OperandReader*, std::size_t) {
        sequence_->Feed(at, items, &state->sequence);
      });
    case Kind::kFirst:
    case Kind::kLast:
      return Walk(
          view, reads_, [&](Micros at, std::uint64_t, OperandReader* operands, std::size_t i) {
            if (leaf_.kind == Kind::kFirst && state->count > 0) return;
            ++state->count;
            const auto get = [&](behavior::Operand operand) { return operands->Get(operand, i); };
            state->verdict =
                window_.Holds(at) && (verdict_ < 0 || conditions_.Holds(verdict_, get));
          });
    case Kind::kAggregate:
      return leaf_.aggregate == Aggregate::kDays ? TakeDays(view, state) : TakeFigures(view, state);
    default:
      return Walk(view, window_,
                  [&](Micros, std::uint64_t, OperandReader*, std::size_t) { ++state->count; });
  }
}

bool Behavior::Holds(BehaviorState* state) const {
  switch (leaf_.kind) {
    case Kind::kSequence:
      return sequence_->Matches(state->sequence);
    case Kind::kFirst:
    case Kind::kLast:
      return state->verdict;
    case Kind::kEvent:
      return test_ ? test_->Holds(static_cast<Number>(state->count)) : state->count > 0;
    default:
      break;
  }
  if (!test_) return false;
  if (leaf_.aggregate >= Aggregate::kDistinct) {
    return test_->Holds(static_cast<Number>(state->CountDifferent()));
  }
  if (state->count == 0) return false;
  switch (leaf_.aggregate) {
    case Aggregate::kSum:
      return test_->Holds(state->sum);
    case Aggregate::kAvg:
      return test_->Holds(state->sum, state->count);
    case Aggregate::kMin:
      return test_->Holds(state->least);
    default:
      return test_->Holds(state->greatest);
  }
}

}  // namespace cdp::audience
