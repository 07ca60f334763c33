#include "core/audience/behavior_property.h"

#include <algorithm>

#include "core/audience/behavior_number.h"
#include "core/audience/rule_words.h"
#include "core/base/error.h"

namespace cdp::audience {
namespace {

using behavior::StepConditions;
using timeline::Period;
using Ranges = std::vector<StepConditions::Range>;

/// Ascending, and none that meets the next.
void Tidy(Ranges* ranges) {
  std::sort(ranges->begin(), ranges->end(),
            [](const auto& a, const auto& b) { return a.least < b.least; });
  std::size_t kept = 0;
  for (const StepConditions::Range& range : *ranges) {
    if (kept > 0) {
      StepConditions::Range& before = (*ranges)[kept - 1];
      if (before.most == INT64_MAX || range.least <= before.most + 1) {
        before.most = std::max(before.most, range.most);
        continue;
      }
    }
    (*ranges)[kept++] = range;
  }
  ranges->resize(kept);
}

/// All other numbers.
Ranges Complement(const Ranges& tidy) {
  Ranges others;
  std::int64_t next = INT64_MIN;
  for (const StepConditions::Range& range : tidy) {
    if (range.least > next) others.push_back({next, range.least - 1});
    if (range.most == INT64_MAX) return others;
    next = range.most + 1;
  }
  others.push_back({next, INT64_MAX});
  return others;
}

bool IsNegated(Compare compare) {
  return compare == Compare::kNotEqual || compare == Compare::kNotIn;
}

/// The values that the test names, or of an order those that fulfil it.
Ranges RangesOfValue(const std::string& event, const PropertyTest& property, int decimals) {
  const Test& test = property.test;
  Ranges ranges;
  if (IsOrder(test.compare)) {
    const auto number = NumberTest::Of(test, decimals);
    if (!number) {
      throw Error(ErrorCode::kInvalidArgument,
                  "property \"" + Shortened(property.property) + "\" of event \"" +
                      Shortened(event) + "\" holds numbers",
                  "What it is compared with is no number.");
    }
    number->AppendRanges(&ranges);
    return ranges;
  }
  for (const Value& value : test.values) {
    // What is no number, no value is.
    const auto number = NumberTest::Of({Compare::kEqual, {value}}, decimals);
    if (number) number->AppendRanges(&ranges);
  }
  return ranges;
}

bool StandsTo(Compare compare, Micros shown, const Period& first, const Period& last) {
  switch (compare) {
    case Compare::kLess:
      return shown < first.from;
    case Compare::kAtMost:
      return shown < first.to;
    case Compare::kMore:
      return shown >= first.to;
    case Compare::kAtLeast:
      return shown >= first.from;
    default:
      return first.from <= shown && shown < last.to;
  }
}

Ranges RangesOfWords(const std::string& event, const PropertyTest& property,
                     behavior::Operand operand, const Clock& clock, BehaviorNames* names) {
  const Test& test = property.test;
  Ranges ranges;
  const auto take_code = [&ranges](const PropertyWord& word) {
    ranges.push_back({word.code, word.code});
  };
  if (!IsOrder(test.compare)) {
    names->Words(operand, test.values, take_code);
    return ranges;
  }
  const Value& first = test.values.front();
  const Value& last = test.values.back();
  if (first.IsTime() != last.IsTime()) {
    throw Error(ErrorCode::kInvalidArgument, "property \"" + Shortened(property.property) +
                                                 "\" of event \"" + Shortened(event) +
                                                 "\" cannot lie between a number and a time");
  }
  if (first.IsTime()) {
    const Period from = clock.ShownOf(first);
    const Period to = clock.ShownOf(last);
    names->Words(operand, {}, [&](const PropertyWord& word) {
      const auto time = TimeOf(word.text);
      if (time && StandsTo(test.compare, ShownIn(*time), from, to)) take_code(word);
    });
    return ranges;
  }
  const auto number = NumberTest::Of(test, kWordDecimals);
  names->Words(operand, {}, [&](const PropertyWord& word) {
    if (number && word.number && number->Holds(*word.number)) take_code(word);
  });
  return ranges;
}

}  // namespace

std::int32_t AddCondition(const std::string& event, const PropertyTest& test, const Clock& clock,
                          BehaviorNames* names, StepConditions* conditions) {
  const PropertyPlace place = names->Property(event, test.property);
  if (test.test.compare == Compare::kNotSet) return conditions->Absent(place.operand);
  Ranges ranges;
  if (test.test.compare == Compare::kSet) {
    ranges = Complement({});
  } else {
    ranges = place.operand == 0 ? RangesOfValue(event, test, place.decimals)
                                : RangesOfWords(event, test, place.operand, clock, names);
    Tidy(&ranges);
    // Orders are complete as they are, = and in say what is not meant by their opposites.
    if (IsNegated(test.test.compare)) ranges = Complement(ranges);
  }
  return conditions->Test(place.operand, ranges);
}

}  // namespace cdp::audience
