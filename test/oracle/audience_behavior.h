/// Whether a condition on behaviour holds of a person, said slowly: from all events in their order.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/audience/rule_range.h"
#include "oracle/timeline.h"

namespace cdp::oracle {

/// What numbers of events mean. Texts of properties are at the places of their codes.
struct BehaviorWorld {
  std::map<std::string, int> codes;                           ///< of events
  std::map<std::string, std::pair<std::string, int>> values;  ///< of events: name, decimals
  std::map<std::string, std::pair<int, std::vector<std::string>>> texts;  ///< of properties: which
  std::int64_t now = 0;
  std::function<std::int64_t(std::int64_t)> shown;  ///< by clocks at an instant
};

class BehaviorTest {
 public:
  BehaviorTest(const audience::Node& leaf, const BehaviorWorld& world)
      : leaf_(leaf), world_(world), today_(DayOf(world.now)) {}

  bool Holds(const Events& events) const {
    using audience::Kind;
    if (leaf_.kind == Kind::kSequence) return HasSequence(events);
    if (leaf_.kind == Kind::kFirst || leaf_.kind == Kind::kLast) {
      const int code = world_.codes.at(leaf_.events[0].name);
      std::vector<TimelineEvent> own;
      for (const auto& event : events) {
        if (event.code == code) own.push_back(event);
      }
      if (own.empty()) return false;
      const auto& one = leaf_.kind == Kind::kFirst ? own.front() : own.back();
      return InWindow(one.at) && Is(one, leaf_.events[0]);
    }
    std::vector<TimelineEvent> own;
    for (const auto& event : events) {
      if (InWindow(event.at) && Is(event, leaf_.events[0])) own.push_back(event);
    }
    if (leaf_.kind == Kind::kEvent) {
      if (leaf_.test.compare == audience::Compare::kSet) return !own.empty();
      return Fulfils(static_cast<Big>(own.size()), 1, 0);
    }
    return Figure(own);
  }

 private:
  __extension__ using Big = __int128;
  using Compare = audience::Compare;

  static std::int64_t FloorDay(std::int64_t micros) {
    constexpr std::int64_t kDay = 86'400'000'000;
    return micros >= 0 ? micros / kDay : -((-micros + kDay - 1) / kDay);
  }
  std::int64_t DayOf(std::int64_t at) const { return FloorDay(world_.shown(at)); }

  static std::int64_t Micros(const audience::Duration& duration) {
    static const std::int64_t seconds[] = {1, 60, 3600, 86400, 604800};
    return duration.amount * seconds[static_cast<int>(duration.unit)] * 1'000'000;
  }

  /// What clocks show at a time within a day.
  static std::int64_t ShownAt(const std::string& text) {
    const audience::Value date{audience::ValueKind::kTime, text.substr(0, 10), {}};
    const auto part = [&text](std::size_t at) { return std::stol(text.substr(at, 2)); };
    std::int64_t seconds = *audience::DayOf(date, 0) * 86400;
    if (text.size() > 10) seconds += part(11) * 3600 + part(14) * 60 + part(17);
    return seconds * 1'000'000;
  }

  /// -1, 0, 1: before, at, after the time; what clocks show decides, but for times that count from
  /// now.
  int Against(std::int64_t at, const audience::Value& time) const {
    const auto sign = [](std::int64_t a, std::int64_t b) { return a < b ? -1 : a > b ? 1 : 0; };
    if (const auto day = audience::DayOf(time, today_)) return sign(DayOf(at), *day);
    if (time.kind == audience::ValueKind::kRelative)
      return sign(at, world_.now + Micros(time.shift));
    return sign(world_.shown(at), ShownAt(time.text));
  }

  bool InWindow(std::int64_t at) const {
    const audience::Window& window = leaf_.window;
    if (window.last.amount != 0) {
      if (const auto days = audience::DaysOf(window, today_)) {
        return days->from <= DayOf(at) && DayOf(at) <= days->to;
      }
      return world_.now - Micros(window.last) <= at && at <= world_.now;
    }
    return (!window.from || Against(at, *window.from) >= 0) &&
           (!window.to || Against(at, *window.to) <= 0);
  }

  /// Numbers of up to four decimals, in ten thousandths.
  static std::optional<Big> TenThousandths(const std::string& text) {
    std::size_t at = text[0] == '-' ? 1 : 0;
    if (at == text.size()) return std::nullopt;
    Big number = 0;
    int decimals = -1;
    for (; at < text.size(); ++at) {
      if (text[at] == '.' && decimals < 0) {
        decimals = 0;
      } else if (text[at] >= '0' && text[at] <= '9') {
        number = number * 10 + (text[at] - '0');
        if (decimals >= 0) ++decimals;
      } else {
        return std::nullopt;
      }
    }
    for (int i = std::max(decimals, 0); i < 4; ++i) number *= 10;
    return text[0] == '-' ? -number : number;
  }

  /// Does sum / n, of numbers in units of 10^-decimals, stand so to the operands?
  static bool Stands(const audience::Test& test, Big sum, Big n, int decimals) {
    Big unit = 10'000;
    for (int i = 0; i < decimals; ++i) unit /= 10;
    std::vector<int> signs;
    for (const auto& value : test.values) {
      const auto operand = TenThousandths(value.text);
      if (!operand) {
        signs.push_back(2);
        continue;
      }
      const Big left = sum * unit;
      const Big right = *operand * n;
      signs.push_back(left < right ? -1 : left > right ? 1 : 0);
    }
    return Holds(test.compare, signs);
  }

  static bool Holds(Compare compare, const std::vector<int>& signs) {
    const bool any = std::find(signs.begin(), signs.end(), 0) != signs.end();
    switch (compare) {
      case Compare::kEqual:
      case Compare::kIn:
        return any;
      case Compare::kNotEqual:
      case Compare::kNotIn:
        return !any;
      case Compare::kLess:
        return signs[0] == -1;
      case Compare::kAtMost:
        return signs[0] == -1 || signs[0] == 0;
      case Compare::kMore:
        return signs[0] == 1;
      case Compare::kAtLeast:
        return signs[0] == 1 || signs[0] == 0;
      case Compare::kBetween:
        return (signs[0] == 0 || signs[0] == 1) && (signs[1] == 0 || signs[1] == -1);
      default:
        return compare == Compare::kSet;
    }
  }

  bool Fulfils(Big sum, Big n, int decimals) const { return Stands(leaf_.test, sum, n, decimals); }

  std::optional<std::string> TextOf(const TimelineEvent& event, const std::string& property) const {
    const auto& [which, texts] = world_.texts.at(property);
    const auto code = event.properties[which - 1];
    if (!code) return std::nullopt;
    return texts.at(static_cast<std::size_t>(*code));
  }

  bool IsValue(const std::string& event, const std::string& property) const {
    const auto value = world_.values.find(event);
    return value != world_.values.end() && value->second.first == property;
  }

  bool Fulfils(const TimelineEvent& event, const std::string& name,
               const audience::PropertyTest& condition) const {
    const audience::Test& test = condition.test;
    if (IsValue(name, condition.property)) {
      if (test.compare == Compare::kNotSet) return !event.value;
      return event.value && Stands(test, *event.value, 1, world_.values.at(name).second);
    }
    const auto text = TextOf(event, condition.property);
    if (test.compare == Compare::kNotSet) return !text;
    if (!text) return false;
    if (test.compare == Compare::kSet) return true;
    std::vector<int> signs;
    for (const auto& value : test.values) signs.push_back(SignOf(*text, value, test.compare));
    return Holds(test.compare, signs);
  }

  int SignOf(const std::string& text, const audience::Value& value, Compare compare) const {
    if (compare == Compare::kEqual || compare == Compare::kNotEqual || compare == Compare::kIn ||
        compare == Compare::kNotIn) {
      return text == value.text ? 0 : 2;
    }
    if (!value.IsTime()) {
      const auto number = TenThousandths(text);
      const auto operand = TenThousandths(value.text);
      return !number ? 2 : *number < *operand ? -1 : *number > *operand ? 1 : 0;
    }
    if (text.size() < 10 || text[4] != '-') return 2;
    const std::int64_t shown = ShownAt(text);
    if (const auto day = audience::DayOf(value, today_)) {
      return FloorDay(shown) < *day ? -1 : FloorDay(shown) > *day ? 1 : 0;
    }
    const std::int64_t operand = value.kind == audience::ValueKind::kRelative
                                     ? world_.shown(world_.now + Micros(value.shift))
                                     : ShownAt(value.text);
    return shown < operand ? -1 : shown > operand ? 1 : 0;
  }

  bool Is(const TimelineEvent& event, const audience::Event& wanted) const {
    return event.code == world_.codes.at(wanted.name) &&
           std::all_of(wanted.where.begin(), wanted.where.end(),
                       [&](const auto& test) { return Fulfils(event, wanted.name, test); });
  }

  bool Figure(const std::vector<TimelineEvent>& own) const {
    using audience::Aggregate;
    if (leaf_.aggregate == Aggregate::kDays) {
      std::set<std::int64_t> days;
      for (const auto& event : own) days.insert(DayOf(event.at));
      return Fulfils(static_cast<Big>(days.size()), 1, 0);
    }
    const std::string& name = leaf_.events[0].name;
    const bool is_value = IsValue(name, leaf_.property);
    if (leaf_.aggregate == Aggregate::kDistinct) {
      std::set<std::int64_t> values;
      std::set<std::string> texts;
      for (const auto& event : own) {
        if (is_value && event.value) values.insert(*event.value);
        if (is_value) continue;
        if (const auto text = TextOf(event, leaf_.property)) texts.insert(*text);
      }
      return Fulfils(static_cast<Big>(values.size() + texts.size()), 1, 0);
    }
    std::vector<Big> numbers;
    for (const auto& event : own) {
      if (is_value) {
        if (event.value) numbers.push_back(*event.value);
      } else if (const auto text = TextOf(event, leaf_.property)) {
        if (const auto number = TenThousandths(*text)) numbers.push_back(*number / 10);
      }
    }
    if (numbers.empty()) return false;
    const int decimals = is_value ? world_.values.at(name).second : 3;
    Big sum = 0;
    for (const Big number : numbers) sum += number;
    switch (leaf_.aggregate) {
      case Aggregate::kSum:
        return Fulfils(sum, 1, decimals);
      case Aggregate::kAvg:
        return Fulfils(sum, static_cast<Big>(numbers.size()), decimals);
      case Aggregate::kMin:
        return Fulfils(*std::min_element(numbers.begin(), numbers.end()), 1, decimals);
      default:
        return Fulfils(*std::max_element(numbers.begin(), numbers.end()), 1, decimals);
    }
  }

  bool HasSequence(const Events& events) const {
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (InWindow(events[i].at) && Is(events[i], leaf_.events[0]) && Goes(events, i, i, 1)) {
        return true;
      }
    }
    return false;
  }

  /// Can what began at `start` and has come to `at` go on with the items from `item` on?
  bool Goes(const Events& events, std::size_t start, std::size_t at, std::size_t item) const {
    std::size_t next = item;
    while (next < leaf_.events.size() && leaf_.events[next].absent) ++next;
    const auto is_forbidden = [&](const TimelineEvent& event) {
      for (std::size_t i = item; i < next; ++i) {
        if (Is(event, leaf_.events[i])) return true;
      }
      return false;
    };
    const std::int64_t end = events[start].at + Micros(leaf_.within);
    if (next == leaf_.events.size()) {
      if (next == item) return true;
      if (end >= world_.now) return false;
      for (std::size_t i = at + 1; i < events.size() && events[i].at <= end; ++i) {
        if (is_forbidden(events[i])) return false;
      }
      return true;
    }
    for (std::size_t i = at + 1; i < events.size() && events[i].at <= end; ++i) {
      if (Is(events[i], leaf_.events[next]) && Goes(events, start, i, next + 1)) return true;
      if (is_forbidden(events[i])) return false;
    }
    return false;
  }

  const audience::Node& leaf_;
  const BehaviorWorld& world_;
  std::int64_t today_;
};

}  // namespace cdp::oracle
