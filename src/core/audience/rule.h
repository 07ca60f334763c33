/// The rule of an audience: who is meant, as a tree; its text, its one spelling, its JSON.
///
///   rule      := factor { (and | or | "but not" | & | '|') factor }
///   factor    := { not | ! } ( "(" rule ")" | leaf )
///   leaf      := everyone | tag:NAME [test] | attr.NAME test | audience:NAME [as of TIME]
///              | [did] EVENT [count] { window | where }
///              | aggregate of EVENT number-test { window | where }
///              | (first | last) EVENT { window | where }
///              | EVENT [where] then [not] EVENT [where] { then ... } within DURATION [window]
///              | id(NAME) in (VALUE, ...) | top N [%] by tag:NAME
///   test      := (= | <>) VALUE | [not] in (VALUE, ...) | (< | <= | > | >=) SCALAR
///              | between SCALAR and SCALAR | is [not] set
///   count     := number-test times         number-test: with =, <> or an order, of numbers
///   aggregate := (sum | avg | min | max | distinct) "(" PROPERTY ")" | days
///   where     := where "(" PROPERTY test { and PROPERTY test } ")"   or without the parentheses
///   window    := in last DURATION | since TIME | until TIME | between TIME and TIME | ever
///   SCALAR    := number | TIME;  TIME := date | timestamp | today | now | DURATION ago | in
///   DURATION
///
/// `not` binds tighter than `and`, `and` tighter than `or`; "x but not y" is "x and not y". Names
/// and values are bare words (letters of any script, digits, _ - .) or quoted, in either kind of
/// quotes, with the quote doubled inside. Keywords are ASCII and their case does not matter; as the
/// name of an event or a property they are quoted, and so are values that would read as a time in
/// relation to now: = and in take none. A rule says nothing of whether its names exist.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audience/token.h"

namespace cdp::audience {

enum class Unit : std::uint8_t { kSecond, kMinute, kHour, kDay, kWeek, kMonth, kYear };

/// A number of units; none when the amount is 0.
struct Duration {
  std::int32_t amount = 0;
  Unit unit = Unit::kDay;

  bool operator==(const Duration&) const = default;
};
inline constexpr std::int32_t kMaxAmount = 1'000'000;

enum class ValueKind : std::uint8_t {
  kText,
  kNumber,    ///< text: a decimal in its shortest form
  kTime,      ///< text: YYYY-MM-DD, or YYYY-MM-DD HH:MM:SS
  kRelative,  ///< shift: before (negative) or after now; 0 days is today, 0 seconds is now
};

struct Value {
  ValueKind kind = ValueKind::kText;
  std::string text;
  Duration shift{};

  bool IsTime() const { return kind == ValueKind::kTime || kind == ValueKind::kRelative; }
  bool operator==(const Value&) const = default;
};

enum class Compare : std::uint8_t {
  kSet,
  kNotSet,
  kEqual,
  kNotEqual,
  kLess,
  kAtMost,
  kMore,
  kAtLeast,
  kBetween,  ///< both ends included
  kIn,       ///< two values or more, as with kNotIn
  kNotIn,
};

/// Operands of =, <>, in and not in are kText; of the others numbers or times. In counts and
/// aggregates all of them are numbers.
struct Test {
  Compare compare = Compare::kSet;
  std::vector<Value> values;

  bool operator==(const Test&) const = default;
};

struct PropertyTest {
  std::string property;
  Test test;

  bool operator==(const PropertyTest&) const = default;
};

struct Event {
  std::string name;
  std::vector<PropertyTest> where;  ///< all of them hold
  bool absent = false;              ///< of a sequence: does not happen at this place

  bool operator==(const Event&) const = default;
};

/// The stretch of time in which events count: all of it when nothing is set.
struct Window {
  Duration last{};  ///< up to now; then neither end is set
  std::optional<Value> from;
  std::optional<Value> to;

  bool ever() const { return last.amount == 0 && !from && !to; }
  bool operator==(const Window&) const = default;
};

/// Where a node stands in the text it was read from, in bytes; two trees may differ in that.
struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const Place&) const { return true; }
};

enum class Kind : std::uint8_t {
  kAnd,
  kOr,
  kNot,
  kEveryone,
  kTag,
  kAttribute,
  kEvent,      ///< did it, as often as `test` says (kSet: at least once)
  kAggregate,  ///< a figure of the events, compared by `test`
  kFirst,      ///< the first of these events lies in the window and fulfils the conditions
  kLast,
  kSequence,
  kAudience,
  kIds,
  kTop,
};

enum class Aggregate : std::uint8_t { kSum, kAvg, kMin, kMax, kDistinct, kDays };

struct Node {
  Kind kind = Kind::kEveryone;
  std::vector<Node> parts;    ///< kAnd, kOr: two or more, none of the same kind; kNot: one
  std::string name;           ///< of the tag, attribute, audience or kind of identifier
  Test test;                  ///< kIds: kIn, then also with one value
  std::vector<Event> events;  ///< kSequence: two or more, the first happens; other behaviours: one
  Window window;
  Aggregate aggregate = Aggregate::kSum;
  std::string property;        ///< kAggregate but for days
  Duration within;             ///< kSequence: from its first event to its last
  std::optional<Value> as_of;  ///< kAudience: its members at that time
  std::string top;             ///< kTop: how many, a number of ValueKind::kNumber
  bool percent = false;        ///< kTop
  Place place;

  bool operator==(const Node&) const = default;
};

/// Parentheses and negations may lie this deep in each other.
inline constexpr int kMaxDepth = 256;
/// What may be in memory for a rule that somebody sends us.
inline constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxNodes = 100'000;

/// The text is UTF-8. Throws SyntaxError; kLimitExceeded when nested too deeply or too large.
Node ParseRule(std::string_view text);

/// The one spelling of a rule: ParseRule(PrintRule(node)) == node. Throws kLimitExceeded when
/// that could not be read again.
std::string PrintRule(const Node& node);

/// A number or a time, read from a text of its own, where a timestamp needs no quotes. Throws
/// SyntaxError.
Value ParseScalar(std::string_view text);
void AppendScalar(std::string* out, const Value& value);

/// The tree as a JSON object, and back: RuleOfJson(JsonOfRule(node)) == node. What is no such
/// object is kInvalidArgument, with the path of the fault.
std::string JsonOfRule(const Node& node);
Node RuleOfJson(std::string_view json);

/// The limits, for whoever makes or writes a rule; they throw kLimitExceeded.
void GoDeeper(int* depth);
void CountNode(std::size_t* nodes);
void CheckTextSize(std::size_t bytes);

/// Appends a part to a node of kind kAnd or kOr; the parts of a part of the same kind become parts
/// of the whole.
void AppendPart(Node* whole, Node part);

}  // namespace cdp::audience
