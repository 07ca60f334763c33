/// Whom a rule means, person by person: what the evaluator over sets must agree with.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/audience/rule.h"

namespace cdp::oracle {

/// Days are counted from 2000-01-01.
struct Person {
  std::map<std::string, std::set<std::string>> values;
  std::map<std::string, long> numbers;
  std::map<std::string, std::map<long, long>> events;  ///< by event and day: how often
};

class PersonTest {
 public:
  /// `other` answers what is not known of a Person.
  PersonTest(long today, std::function<bool(const audience::Node&, std::uint32_t)> other)
      : today_(today), other_(std::move(other)) {}

  bool Means(const audience::Node& node, std::uint32_t id, const Person& person) const {
    using audience::Aggregate;
    using audience::Kind;
    const auto part = [&](const audience::Node& each) { return Means(each, id, person); };
    switch (node.kind) {
      case Kind::kAnd:
        return std::all_of(node.parts.begin(), node.parts.end(), part);
      case Kind::kOr:
        return std::any_of(node.parts.begin(), node.parts.end(), part);
      case Kind::kNot:
        return !part(node.parts.front());
      case Kind::kEveryone:
        return true;
      case Kind::kTag:
        return Tag(node, person);
      case Kind::kAggregate:
        if (node.aggregate != Aggregate::kDays) return other_(node, id);
        [[fallthrough]];
      case Kind::kEvent:
      case Kind::kFirst:
      case Kind::kLast:
        return node.events.front().where.empty() && HasDays(node.window) ? Did(node, person)
                                                                         : other_(node, id);
      default:
        return other_(node, id);
    }
  }

 private:
  /// Does the window begin and end with days?
  static bool HasDays(const audience::Window& window) {
    const auto has_day = [](const std::optional<audience::Value>& end) {
      return !end ||
             (end->kind == audience::ValueKind::kRelative ? end->shift.unit >= audience::Unit::kDay
                                                          : end->text.size() == 10);
    };
    return window.last.unit >= audience::Unit::kDay && has_day(window.from) && has_day(window.to);
  }

  static long DaysOf(std::chrono::year_month_day date) {
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return (std::chrono::sys_days(date) -
            std::chrono::sys_days(std::chrono::year(2000) / std::chrono::January / 1))
        .count();
  }

  long Shifted(audience::Duration shift) const {
    using audience::Unit;
    if (shift.unit == Unit::kDay) return today_ + shift.amount;
    if (shift.unit == Unit::kWeek) return today_ + 7L * shift.amount;
    const std::chrono::year_month_day date(
        std::chrono::sys_days(std::chrono::year(2000) / std::chrono::January / 1) +
        std::chrono::days(today_));
    return DaysOf(date + std::chrono::months((shift.unit == Unit::kYear ? 12 : 1) * shift.amount));
  }

  long DayOf(const audience::Value& value) const {
    if (value.kind == audience::ValueKind::kRelative) return Shifted(value.shift);
    const std::string& text = value.text;
    return DaysOf(std::chrono::year(std::atoi(text.substr(0, 4).c_str())) /
                  std::atoi(text.substr(5, 2).c_str()) / std::atoi(text.substr(8, 2).c_str()));
  }

  double NumberOf(const audience::Value& value) const {
    const bool is_date = value.text.size() == 10 && value.text[4] == '-';
    if (value.IsTime() || is_date) return static_cast<double>(DayOf(value));
    return std::strtod(value.text.c_str(), nullptr);
  }

  bool Fulfils(const audience::Test& test, double number) const {
    using audience::Compare;
    std::vector<double> values;
    for (const audience::Value& value : test.values) values.push_back(NumberOf(value));
    const bool found = std::find(values.begin(), values.end(), number) != values.end();
    switch (test.compare) {
      case Compare::kSet:
        return true;
      case Compare::kNotSet:
        return false;
      case Compare::kEqual:
      case Compare::kIn:
        return found;
      case Compare::kNotEqual:
      case Compare::kNotIn:
        return !found;
      case Compare::kLess:
        return number < values[0];
      case Compare::kAtMost:
        return number <= values[0];
      case Compare::kMore:
        return number > values[0];
      case Compare::kAtLeast:
        return number >= values[0];
      case Compare::kBetween:
        return values[0] <= number && number <= values[1];
    }
    return false;
  }

  bool Tag(const audience::Node& node, const Person& person) const {
    using audience::Compare;
    const auto number = person.numbers.find(node.name);
    if (number != person.numbers.end()) {
      return Fulfils(node.test, static_cast<double>(number->second));
    }
    const auto values = person.values.find(node.name);
    if (values == person.values.end()) return node.test.compare == Compare::kNotSet;
    const bool found =
        std::any_of(node.test.values.begin(), node.test.values.end(),
                    [&](const audience::Value& v) { return values->second.contains(v.text); });
    switch (node.test.compare) {
      case Compare::kSet:
        return true;
      case Compare::kEqual:
      case Compare::kIn:
        return found;
      case Compare::kNotEqual:
      case Compare::kNotIn:
        return !found;
      default:
        return false;
    }
  }

  bool Did(const audience::Node& node, const Person& person) const {
    using audience::Kind;
    long from = -10'000'000;
    long to = 10'000'000;
    if (node.window.last.amount != 0) {
      from = Shifted({-node.window.last.amount, node.window.last.unit}) + 1;
      to = today_;
    }
    if (node.window.from) from = DayOf(*node.window.from);
    if (node.window.to) to = DayOf(*node.window.to);
    const auto event = person.events.find(node.events.front().name);
    long times = 0;
    long days = 0;
    if (event != person.events.end()) {
      for (const auto& [day, count] : event->second) {
        if (day < from || day > to) continue;
        times += count;
        ++days;
      }
      const auto inside = [&](long day) { return from <= day && day <= to; };
      if (node.kind == Kind::kFirst) return inside(event->second.begin()->first);
      if (node.kind == Kind::kLast) return inside(event->second.rbegin()->first);
    }
    if (node.kind == Kind::kFirst || node.kind == Kind::kLast) return false;
    if (node.test.compare == audience::Compare::kSet) return times > 0;
    return Fulfils(node.test, static_cast<double>(node.kind == Kind::kEvent ? times : days));
  }

  long today_;
  std::function<bool(const audience::Node&, std::uint32_t)> other_;
};

}  // namespace cdp::oracle
