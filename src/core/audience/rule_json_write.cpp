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

class Writer {
 public:
  std::string Run(const Node& node) {
    Rule(node);
    return std::move(out_);
  }

 private:
  void Key(const char* key) {
    if (out_.back() != '{') out_ += ',';
    AppendJson(&out_, key);
    out_ += ':';
  }

  void Text(const char* key, std::string_view text) {
    Key(key);
    AppendJson(&out_, text);
  }

  template <class List, class Each>
  void Array(const char* key, const List& list, Each each) {
    Key(key);
    out_ += '[';
    bool first = true;
    for (const auto& item : list) {
      ticker_.Step();
      if (!std::exchange(first, false)) out_ += ',';
      each(item);
    }
    out_ += ']';
  }

  void Scalar(const Value& value) {
    if (value.kind == ValueKind::kNumber) {
      out_ += value.text;
      return;
    }
    std::string text = value.text;
    if (value.kind == ValueKind::kRelative) AppendScalar(&text, value);
    AppendJson(&out_, text);
  }

  void Time(const char* key, const std::optional<Value>& time) {
    if (!time) return;
    Key(key);
    Scalar(*time);
  }

  void WriteTest(const Test& test) {
    Text("op", WordOf(test.compare));
    if (test.values.empty()) return;
    if (test.values.size() > 1) {
      Array("values", test.values, [this](const Value& value) { Scalar(value); });
    } else {
      Key("value");
      Scalar(test.values.front());
    }
  }

  void Where(const std::vector<PropertyTest>& where) {
    if (where.empty()) return;
    Array("where", where, [this](const PropertyTest& test) {
      out_ += '{';
      Text("property", test.property);
      WriteTest(test.test);
      out_ += '}';
    });
  }

  void WriteDuration(const char* key, Duration duration) {
    Key(key);
    out_ += "{\"amount\":" + std::to_string(duration.amount);
    Text("unit", WordOf(duration.unit));
    out_ += '}';
  }

  void WriteWindow(const Window& window) {
    if (window.ever()) return;
    Key("window");
    out_ += '{';
    if (window.last.amount != 0) WriteDuration("last", window.last);
    Time("from", window.from);
    Time("to", window.to);
    out_ += '}';
  }

  void Behavior(const Node& node) {
    Text("event", node.events.front().name);
    if (node.kind == Kind::kAggregate) {
      WriteTest(node.test);
    } else if (node.test.compare != Compare::kSet) {
      Key("count");
      out_ += '{';
      WriteTest(node.test);
      out_ += '}';
    }
    WriteWindow(node.window);
    Where(node.events.front().where);
  }

  void Rule(const Node& node) {
    ticker_.Step();
    out_ += '{';
    Text("type", WordOf(node.kind));
    switch (node.kind) {
      case Kind::kAnd:
      case Kind::kOr:
        Array("rules", node.parts, [this](const Node& part) { Rule(part); });
        break;
      case Kind::kNot:
        Key("rule");
        Rule(node.parts.front());
        break;
      case Kind::kEveryone:
        break;
      case Kind::kTag:
      case Kind::kAttribute:
        Text("name", node.name);
        WriteTest(node.test);
        break;
      case Kind::kAggregate:
        Text("function", WordOf(node.aggregate));
        if (node.aggregate != Aggregate::kDays) Text("property", node.property);
        Behavior(node);
        break;
      case Kind::kEvent:
      case Kind::kFirst:
      case Kind::kLast:
        Behavior(node);
        break;
      case Kind::kSequence:
        Array("steps", node.events, [this](const Event& event) {
          out_ += '{';
          Text("event", event.name);
          if (event.absent) {
            Key("not");
            out_ += "true";
          }
          Where(event.where);
          out_ += '}';
        });
        WriteDuration("within", node.within);
        WriteWindow(node.window);
        break;
      case Kind::kAudience:
        Text("name", node.name);
        Time("as_of", node.as_of);
        break;
      case Kind::kIds:
        Text("id_type", node.name);
        Array("values", node.test.values, [this](const Value& value) { Scalar(value); });
        break;
      case Kind::kTop:
        Key("amount");
        out_ += node.top;
        if (node.percent) {
          Key("percent");
          out_ += "true";
        }
        Text("tag", node.name);
        break;
    }
    out_ += '}';
  }

  std::string out_;
  StopTicker ticker_;
};

}  // namespace

std::string JsonOfRule(const Node& node) { return Writer().Run(node); }

}  // namespace cdp::audience
