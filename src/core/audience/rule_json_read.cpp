#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/audience/json_text.h"
#include "core/audience/rule_words.h"
#include "core/base/stop.h"

namespace cdp::audience {
namespace {

/// A part of the document and where it stands.
struct Spot {
  const Json& json;
  std::string path;

  [[noreturn]] void Fail(std::string_view expected) const {
    throw Error(ErrorCode::kInvalidArgument, "rule tree does not fit at " + Shortened(path),
                "Expected " + std::string(expected) + '.');
  }

  Spot Item(std::size_t i) const { return {json.items[i], path + '[' + std::to_string(i) + ']'}; }

  const Json& As(JsonKind kind, std::string_view expected) const {
    if (json.kind != kind) Fail(expected);
    return json;
  }

  /// An array of `least` items or more.
  std::size_t Items(std::size_t least, std::string_view expected) const {
    if (As(JsonKind::kArray, expected).items.size() < least) Fail(expected);
    return json.items.size();
  }

  std::string Name() const {
    if (As(JsonKind::kString, "a name").text.empty()) Fail("a name of one character or more");
    return json.text;
  }

  /// What compares with the value of a tag: any scalar, as text.
  std::string Text() const {
    switch (json.kind) {
      case JsonKind::kString:
      case JsonKind::kNumber:
        return json.text;
      case JsonKind::kTrue:
        return "true";
      case JsonKind::kFalse:
        return "false";
      default:
        Fail("a value");
    }
  }

  bool Flag() const {
    if (json.kind != JsonKind::kTrue && json.kind != JsonKind::kFalse) Fail("true or false");
    return json.kind == JsonKind::kTrue;
  }

  Value Number(bool counts) const {
    const char* expected = counts ? "a whole number" : "a number";
    auto number = NumberOf(As(JsonKind::kNumber, expected).text);
    if (!number || (counts && !IsCount(*number))) Fail(expected);
    return {ValueKind::kNumber, std::move(*number), {}};
  }

  Value Scalar() const {
    if (json.kind == JsonKind::kNumber) return Number(false);
    const std::string& text = As(JsonKind::kString, "a number or a time").text;
    try {
      return ParseScalar(text);
    } catch (const SyntaxError&) {
      Fail(IsTimeShaped(text) ? "a day of the calendar" : "a number or a time");
    }
  }

  Value Time() const {
    Value time = Scalar();
    if (!time.IsTime()) Fail("a time");
    return time;
  }
};

/// An object, whose every key somebody asks for; a key with null is as if it were not there.
class Fields {
 public:
  explicit Fields(const Spot& spot) : spot_(spot) {
    spot.As(JsonKind::kObject, "an object");
    asked_.resize(spot.json.keys.size());
  }

  std::optional<Spot> Find(std::string_view key) {
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (spot_.json.keys[i] != key) continue;
      asked_[i] = true;
      if (spot_.json.items[i].kind == JsonKind::kNull) return std::nullopt;
      return Spot{spot_.json.items[i], spot_.path + '.' + std::string(key)};
    }
    return std::nullopt;
  }

  Spot Get(std::string_view key) {
    if (auto field = Find(key)) return std::move(*field);
    spot_.Fail("the key \"" + std::string(key) + "\"");
  }

  void Done() const {
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (asked_[i] || spot_.json.items[i].kind == JsonKind::kNull) continue;
      spot_.Fail("no key \"" + Shortened(spot_.json.keys[i]) + "\"");
    }
  }

 private:
  const Spot& spot_;
  std::vector<bool> asked_;
};

Duration DurationOf(const Spot& spot) {
  Fields fields(spot);
  const Spot amount_spot = fields.Get("amount");
  const auto amount = AmountOf(amount_spot.As(JsonKind::kNumber, "a whole number").text);
  if (!amount) amount_spot.Fail("a whole number of 1 to 1000000");
  const Spot unit_spot = fields.Get("unit");
  const auto unit = UnitOf(unit_spot.As(JsonKind::kString, "a unit").text);
  if (!unit) unit_spot.Fail("second, minute, hour, day, week, month or year");
  fields.Done();
  return {*amount, *unit};
}

Window WindowOf(const Spot& spot) {
  Window window;
  Fields fields(spot);
  if (const auto last = fields.Find("last")) {
    window.last = DurationOf(*last);
  } else {
    if (const auto from = fields.Find("from")) window.from = from->Time();
    if (const auto to = fields.Find("to")) window.to = to->Time();
  }
  fields.Done();
  return window;
}

std::optional<Compare> OperatorOf(Fields* fields) {
  const auto op = fields->Find("op");
  if (!op) return std::nullopt;
  const auto compare = CompareOf(op->As(JsonKind::kString, "an operator").text);
  if (!compare) {
    op->Fail("one of =, <>, <, <=, >, >=, between, in, not in, is set, is not set");
  }
  return compare;
}

/// The operands of an order or an equality, each read by `read`.
template <class Read>
std::vector<Value> OperandsOf(Fields* fields, Compare compare, Read read) {
  if (compare != Compare::kBetween) return {read(fields->Get("value"))};
  const Spot list = fields->Get("values");
  if (list.Items(2, "two values") != 2) list.Fail("two values");
  return {read(list.Item(0)), read(list.Item(1))};
}

Test TestOf(Fields* fields) {
  Test test;
  test.compare = OperatorOf(fields).value_or(Compare::kSet);
  const auto text = [](const Spot& spot) { return Value{ValueKind::kText, spot.Text(), {}}; };
  switch (test.compare) {
    case Compare::kSet:
    case Compare::kNotSet:
      break;
    case Compare::kEqual:
    case Compare::kNotEqual:
      test.values = OperandsOf(fields, test.compare, text);
      break;
    case Compare::kIn:
    case Compare::kNotIn: {
      const Spot list = fields->Get("values");
      const std::size_t count = list.Items(1, "one value or more");
      StopTicker ticker;
      for (std::size_t i = 0; i < count; ++i) {
        ticker.Step();
        test.values.push_back(text(list.Item(i)));
      }
      if (count == 1) {
        test.compare = test.compare == Compare::kIn ? Compare::kEqual : Compare::kNotEqual;
      }
      break;
    }
    default:
      test.values =
          OperandsOf(fields, test.compare, [](const Spot& spot) { return spot.Scalar(); });
  }
  return test;
}

Test NumberTestOf(Fields* fields, const Spot& spot, bool counts) {
  const auto compare = OperatorOf(fields);
  if (!compare ||
      (!IsOrder(*compare) && *compare != Compare::kEqual && *compare != Compare::kNotEqual)) {
    spot.Fail("an op among =, <>, <, <=, >, >=, between");
  }
  return {*compare, OperandsOf(fields, *compare,
                               [counts](const Spot& value) { return value.Number(counts); })};
}

// Each key that is looked for writes down its path, which may be long.
constexpr std::uint32_t kStepsOfAnObject = 256;

std::vector<PropertyTest> WhereOf(Fields* fields) {
  std::vector<PropertyTest> where;
  const auto list = fields->Find("where");
  if (!list) return where;
  const std::size_t count = list->Items(0, "a list of conditions");
  StopTicker ticker;
  for (std::size_t i = 0; i < count; ++i) {
    ticker.Step(kStepsOfAnObject);
    const Spot spot = list->Item(i);
    Fields each(spot);
    PropertyTest test;
    test.property = each.Get("property").Name();
    test.test = TestOf(&each);
    each.Done();
    where.push_back(std::move(test));
  }
  return where;
}

class RuleReader {
 public:
  Node Rule(const Spot& spot) {
    ticker_.Step();
    Fields fields(spot);
    Node node;
    const Spot type = fields.Get("type");
    node.kind = KindOf(type);
    switch (node.kind) {
      case Kind::kAnd:
      case Kind::kOr:
        Parts(fields.Get("rules"), &node);
        break;
      case Kind::kNot:
        CountNode(&nodes_);
        node.parts.push_back(Rule(fields.Get("rule")));
        break;
      default:
        CountNode(&nodes_);
        Leaf(spot, &fields, &node);
    }
    fields.Done();
    return node;
  }

 private:
  static Kind KindOf(const Spot& type) {
    const std::string& word = type.As(JsonKind::kString, "a type").text;
    for (Kind kind = Kind::kAnd;; kind = static_cast<Kind>(static_cast<int>(kind) + 1)) {
      if (WordOf(kind) == word) return kind;
      if (kind == Kind::kTop) break;
    }
    type.Fail(
        "one of and, or, not, everyone, tag, attribute, event, aggregate, first, last, "
        "sequence, audience, ids, top");
  }

  /// A group of one is what it holds.
  void Parts(const Spot& list, Node* node) {
    const std::size_t count = list.Items(1, "one rule or more");
    for (std::size_t i = 0; i < count; ++i) AppendPart(node, Rule(list.Item(i)));
    if (node->parts.size() == 1) *node = Node(std::move(node->parts.front()));
  }

  void Leaf(const Spot& spot, Fields* fields, Node* node) {
    switch (node->kind) {
      case Kind::kTag:
      case Kind::kAttribute:
        node->name = fields->Get("name").Name();
        node->test = TestOf(fields);
        break;
      case Kind::kAggregate: {
        const Spot function = fields->Get("function");
        const auto which = AggregateOf(function.As(JsonKind::kString, "a function").text);
        if (!which) function.Fail("one of sum, avg, min, max, distinct, days");
        node->aggregate = *which;
        if (*which != Aggregate::kDays) node->property = fields->Get("property").Name();
        node->test = NumberTestOf(fields, spot, false);
        Behavior(fields, node);
        break;
      }
      case Kind::kEvent:
        if (const auto count = fields->Find("count")) {
          Fields parts(*count);
          node->test = NumberTestOf(&parts, *count, true);
          parts.Done();
        }
        [[fallthrough]];
      case Kind::kFirst:
      case Kind::kLast:
        Behavior(fields, node);
        break;
      case Kind::kSequence:
        Sequence(fields, node);
        break;
      case Kind::kAudience:
        node->name = fields->Get("name").Name();
        if (const auto as_of = fields->Find("as_of")) node->as_of = as_of->Time();
        break;
      case Kind::kIds: {
        node->name = fields->Get("id_type").Name();
        const Spot list = fields->Get("values");
        const std::size_t count = list.Items(1, "one value or more");
        node->test.compare = Compare::kIn;
        for (std::size_t i = 0; i < count; ++i) {
          ticker_.Step();
          node->test.values.push_back({ValueKind::kText, list.Item(i).Text(), {}});
        }
        break;
      }
      case Kind::kTop: {
        const Spot amount = fields->Get("amount");
        node->top = amount.Number(false).text;
        if (const auto percent = fields->Find("percent")) node->percent = percent->Flag();
        if (!IsTop(node->top, node->percent)) {
          amount.Fail(node->percent ? "a percentage above 0 and up to 100"
                                    : "a whole number above 0");
        }
        node->name = fields->Get("tag").Name();
        break;
      }
      default:
        break;
    }
  }

  static void Behavior(Fields* fields, Node* node) {
    Event event;
    event.name = fields->Get("event").Name();
    event.where = WhereOf(fields);
    node->events.push_back(std::move(event));
    if (const auto window = fields->Find("window")) node->window = WindowOf(*window);
  }

  static void Sequence(Fields* fields, Node* node) {
    const Spot steps = fields->Get("steps");
    const std::size_t count = steps.Items(2, "two steps or more");
    StopTicker ticker;
    for (std::size_t i = 0; i < count; ++i) {
      ticker.Step(kStepsOfAnObject);
      const Spot spot = steps.Item(i);
      Fields parts(spot);
      Event event;
      event.name = parts.Get("event").Name();
      if (const auto absent = parts.Find("not")) event.absent = absent->Flag();
      if (i == 0 && event.absent) spot.Fail("a first step that happens");
      event.where = WhereOf(&parts);
      parts.Done();
      node->events.push_back(std::move(event));
    }
    const Spot within = fields->Get("within");
    node->within = DurationOf(within);
    if (node->within.unit > Unit::kWeek) within.Fail("seconds, minutes, hours, days or weeks");
    if (const auto window = fields->Find("window")) node->window = WindowOf(*window);
  }

  std::size_t nodes_ = 0;
  StopTicker ticker_;
};

}  // namespace

Node RuleOfJson(std::string_view json) {
  const Json document = ParseJson(json);
  return RuleReader().Rule({document, "$"});
}

}  // namespace cdp::audience
