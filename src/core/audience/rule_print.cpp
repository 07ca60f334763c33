#include <string>
#include <utility>
#include <vector>

#include "core/audience/rule_words.h"
#include "core/base/stop.h"

namespace cdp::audience {
namespace {

int Precedence(Kind kind) {
  switch (kind) {
    case Kind::kOr:
      return 1;
    case Kind::kAnd:
      return 2;
    case Kind::kNot:
      return 3;
    default:
      return 4;
  }
}

class Printer {
 public:
  std::string Run(const Node& node) {
    Rule(node);
    CheckTextSize(out_.size());
    return std::move(out_);
  }

 private:
  void Rule(const Node& node) {
    ticker_.Step();
    CheckTextSize(out_.size());
    switch (node.kind) {
      case Kind::kNot:
        CountNode(&nodes_);
        GoDeeper(&depth_);
        out_ += "not ";
        Part(node.parts.front(), Precedence(Kind::kNot));
        --depth_;
        break;
      case Kind::kAnd:
      case Kind::kOr: {
        const char* separator = "";
        for (const Node& part : node.parts) {
          out_ += separator;
          Part(part, Precedence(node.kind) + 1);
          separator = node.kind == Kind::kAnd ? " and " : " or ";
        }
        break;
      }
      default:
        CountNode(&nodes_);
        Leaf(node);
    }
  }

  /// `least`: how tightly the part must bind to stand without parentheses.
  void Part(const Node& node, int least) {
    if (Precedence(node.kind) >= least) {
      Rule(node);
      return;
    }
    GoDeeper(&depth_);
    out_ += '(';
    Rule(node);
    out_ += ')';
    --depth_;
  }

  void Leaf(const Node& node) {
    switch (node.kind) {
      case Kind::kTag:
        out_ += "tag:";
        AppendWord(&out_, node.name);
        if (node.test.compare != Compare::kSet) PrintTest(node.test);
        break;
      case Kind::kAttribute:
        out_ += "attr.";
        AppendWord(&out_, node.name);
        PrintTest(node.test);
        break;
      case Kind::kEvent:
        AppendEventName(&out_, node.events.front().name);
        if (node.test.compare != Compare::kSet) {
          PrintTest(node.test);
          const Value& last = node.test.values.back();
          out_ += last.text == "1" && node.test.values.size() == 1 ? " time" : " times";
        }
        Behavior(node);
        break;
      case Kind::kAggregate:
        out_ += WordOf(node.aggregate);
        if (node.aggregate != Aggregate::kDays) {
          out_ += '(';
          AppendEventName(&out_, node.property);
          out_ += ')';
        }
        out_ += " of ";
        AppendEventName(&out_, node.events.front().name);
        PrintTest(node.test);
        Behavior(node);
        break;
      case Kind::kFirst:
      case Kind::kLast:
        out_ += WordOf(node.kind);
        out_ += ' ';
        AppendEventName(&out_, node.events.front().name);
        Behavior(node);
        break;
      case Kind::kSequence:
        Sequence(node);
        break;
      case Kind::kAudience:
        out_ += "audience:";
        AppendWord(&out_, node.name);
        if (node.as_of) {
          out_ += " as of ";
          AppendScalar(&out_, *node.as_of);
        }
        break;
      case Kind::kIds:
        out_ += "id(";
        AppendWord(&out_, node.name);
        out_ += ')';
        PrintTest(node.test);
        break;
      case Kind::kTop:
        out_ += "top " + node.top + (node.percent ? "% by tag:" : " by tag:");
        AppendWord(&out_, node.name);
        break;
      default:
        out_ += "everyone";
    }
  }

  void PrintTest(const Test& test) {
    out_ += ' ';
    out_ += WordOf(test.compare);
    if (test.compare == Compare::kIn || test.compare == Compare::kNotIn) {
      const char* separator = " (";
      for (const Value& value : test.values) {
        ticker_.Step();
        out_ += std::exchange(separator, ", ");
        AppendText(&out_, value.text);
      }
      out_ += ')';
      return;
    }
    const char* separator = " ";
    for (const Value& value : test.values) {
      out_ += std::exchange(separator, " and ");
      AppendScalar(&out_, value);
    }
  }

  void Behavior(const Node& node) {
    PrintWindow(node.window);
    Where(node.events.front().where);
  }

  void Sequence(const Node& node) {
    const char* separator = "";
    for (const Event& event : node.events) {
      out_ += std::exchange(separator, " then ");
      if (event.absent) out_ += "not ";
      AppendEventName(&out_, event.name);
      Where(event.where);
    }
    out_ += " within ";
    AppendDuration(&out_, node.within);
    PrintWindow(node.window);
  }

  void PrintWindow(const Window& window) {
    if (window.ever()) return;
    if (window.last.amount != 0) {
      out_ += " in last ";
      AppendDuration(&out_, window.last);
      return;
    }
    out_ += window.from && window.to ? " between " : window.from ? " since " : " until ";
    if (window.from) AppendScalar(&out_, *window.from);
    if (window.from && window.to) out_ += " and ";
    if (window.to) AppendScalar(&out_, *window.to);
  }

  void Where(const std::vector<PropertyTest>& where) {
    if (where.empty()) return;
    const char* separator = " where (";
    for (const PropertyTest& test : where) {
      ticker_.Step();
      out_ += std::exchange(separator, " and ");
      AppendEventName(&out_, test.property);
      PrintTest(test.test);
    }
    out_ += ')';
  }

  std::string out_;
  int depth_ = 0;
  std::size_t nodes_ = 0;  // what is written must be read again, by the same limits
  StopTicker ticker_;
};

}  // namespace

void AppendScalar(std::string* out, const Value& value) {
  if (value.kind != ValueKind::kRelative) {
    AppendText(out, value.text);
  } else if (value.shift.amount == 0) {
    *out += value.shift.unit == Unit::kDay ? "today" : "now";
  } else if (value.shift.amount < 0) {
    AppendDuration(out, {-value.shift.amount, value.shift.unit});
    *out += " ago";
  } else {
    *out += "in ";
    AppendDuration(out, value.shift);
  }
}

std::string PrintRule(const Node& node) { return Printer().Run(node); }

}  // namespace cdp::audience
