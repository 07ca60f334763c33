/// Whether there is what a rule names. Faults are shown at their place in the user's text.

#include <set>
#include <tuple>

#include "core/audience/rule_range.h"
#include "core/audience/rule_words.h"
#include "core/base/stop.h"
#include "pg/audience/rule_datum.h"
#include "pg/base/look_up.h"

namespace cdp::pg {
namespace {

using audience::Kind;
using audience::Node;

enum class Sort { kTag, kAudience, kEvent, kIdType, kAttribute, kProperty };

using audience::Scale;

/// Scales of tags, a bit for each.
using Scales = std::uint8_t;
constexpr Scales Bit(Scale scale) { return static_cast<Scales>(1 << static_cast<int>(scale)); }
constexpr Scales kOrdered = Bit(Scale::kNumber) | Bit(Scale::kDay);
constexpr Scales kAll = kOrdered | Bit(Scale::kText);

/// What a rule names, as plain data.
struct Mention {
  Sort sort;
  std::string_view name;     ///< UTF-8
  std::string_view event;    ///< of which a property is, UTF-8
  int character;             ///< where it stands in the text, from 1
  Scales fits;               ///< of which a tag can be
  std::string_view* values;  ///< with which a tag is compared
  std::size_t value_count;
};
struct Mentions {
  Mention* list;
  std::size_t count;
};

/// Collects what a parsed text names, each once.
class Names {
 public:
  explicit Names(std::string_view utf8) : utf8_(utf8) {}

  Mentions Of(const Node& rule) {
    Collect(rule);
    auto* list = static_cast<Mention*>(
        AllocateIn(CurrentMemoryContext, mentions_.size() * sizeof(Mention) + 1));
    std::copy(mentions_.begin(), mentions_.end(), list);
    return {list, mentions_.size()};
  }

 private:
  void Collect(const Node& node) {
    CheckStop();
    at_ = node.place.begin;
    switch (node.kind) {
      case Kind::kTag:
        Add(Sort::kTag, node.name, FitsOf(node.test), node.test.values);
        break;
      case Kind::kTop:
        Add(Sort::kTag, node.name, kOrdered);
        break;
      case Kind::kAttribute:
        Add(Sort::kAttribute, node.name);
        break;
      case Kind::kAudience:
        Add(Sort::kAudience, node.name);
        break;
      case Kind::kIds:
        Add(Sort::kIdType, node.name);
        break;
      default:
        if (!node.property.empty()) AddProperty(node.property, node.events.front());
        for (const audience::Event& event : node.events) {
          Add(Sort::kEvent, event.name);
          for (const auto& test : event.where) AddProperty(test.property, event);
        }
    }
    for (const Node& part : node.parts) Collect(part);
  }

  static Scales FitsOf(const audience::Test& test) {
    Scales fits = 0;
    for (const Scale scale : {Scale::kText, Scale::kNumber, Scale::kDay}) {
      if (audience::Fits(test, scale)) fits |= Bit(scale);
    }
    return fits;
  }

  void Add(Sort sort, const std::string& name, Scales fits = kAll,
           const std::vector<audience::Value>& values = {}) {
    GoTo(name);
    if (!seen_.emplace(sort, name, "").second && values.empty() && fits == kAll) return;
    auto* texts = static_cast<std::string_view*>(
        AllocateIn(CurrentMemoryContext, values.size() * sizeof(std::string_view) + 1));
    for (std::size_t i = 0; i < values.size(); ++i) texts[i] = *Kept(values[i].text);
    mentions_.push_back({sort, *Kept(name), {}, CharacterAt(at_), fits, texts, values.size()});
  }

  void AddProperty(const std::string& name, const audience::Event& event) {
    GoTo(name);
    if (!seen_.emplace(Sort::kProperty, name, event.name).second) return;
    mentions_.push_back(
        {Sort::kProperty, *Kept(name), *Kept(event.name), CharacterAt(at_), kAll, nullptr, 0});
  }

  /// A name with quotes in it is written otherwise: then the condition is shown.
  void GoTo(const std::string& name) {
    const std::size_t found = utf8_.find(name, at_);
    if (found != std::string_view::npos) at_ = found;
  }

  /// Places come in ascending order but for the odd one.
  int CharacterAt(std::size_t at) {
    if (at < counted_to_) {
      counted_to_ = 0;
      characters_ = 0;
    }
    for (; counted_to_ < at; ++counted_to_) characters_ += (utf8_[counted_to_] & 0xc0) != 0x80;
    return 1 + characters_;
  }

  std::string_view utf8_;
  std::size_t at_ = 0;
  std::size_t counted_to_ = 0;
  int characters_ = 0;
  std::vector<Mention> mentions_;
  std::set<std::tuple<Sort, std::string, std::string>> seen_;  ///< of properties with their event
};

/// How one sort of names is looked up: a row if there is such a thing, which says of a tag what it
/// holds, an audience::Scale, of an audience whether it has members; and the nearest name
/// otherwise.
struct Registry {
  const char* message;
  LookUp find;
  LookUp hint;
};

Registry registries[] = {
    {"tag \"%s\" does not exist",
     {"SELECT cdp._tag_scale(g.value_type) AS value_type FROM cdp.tag AS g WHERE g.name = $1",
      {{"int4"}}},
     {"SELECT cdp._name_hint($1, ARRAY(SELECT g.name FROM cdp.tag AS g ORDER BY g.name))",
      {{"text"}}}},
    {"audience \"%s\" does not exist",
     {"SELECT a.refreshed_at IS NOT NULL FROM cdp.audience AS a WHERE a.name = $1", {{"bool"}}},
     {"SELECT cdp._name_hint($1, ARRAY(SELECT a.name FROM cdp.audience AS a ORDER BY a.name))",
      {{"text"}}}},
    {"event \"%s\" does not exist",
     {"SELECT true FROM cdp.event_type AS t WHERE t.name = $1", {{"bool"}}},
     {"SELECT cdp._name_hint($1, ARRAY(SELECT t.name FROM cdp.event_type AS t ORDER BY t.name))",
      {{"text"}}}},
    {"type of identifiers \"%s\" does not exist",
     {"SELECT true FROM cdp.id_type AS t WHERE t.name = cdp._id_type_name($1)", {{"bool"}}},
     {"SELECT cdp._name_hint($1, ARRAY(SELECT t.name FROM cdp.id_type AS t ORDER BY t.name))",
      {{"text"}}}},
    {"attribute \"%s\" does not exist",
     {"SELECT true FROM cdp.attribute_rule AS r WHERE r.key = $1", {{"bool"}}},
     {"SELECT cdp._name_hint($1, ARRAY(SELECT r.key FROM cdp.attribute_rule AS r ORDER BY "
      "r.key))",
      {{"text"}}}},
    // Of an event that is none nothing is said here: the event itself will be.
    {"timelines keep no property \"%s\" of event \"%s\"",
     {"SELECT true FROM cdp._event_property_place($2, $1)"
      " UNION ALL SELECT true WHERE NOT EXISTS (SELECT FROM cdp.event_type AS t WHERE t.name = $2)"
      " LIMIT 1",
      {{"bool"}}},
     {"SELECT cdp._name_hint($1, ARRAY(SELECT p.name FROM cdp.event_property AS p"
      " UNION SELECT t.value_prop COLLATE \"C\" FROM cdp.event_type AS t"
      " WHERE t.name = $2 AND t.value_prop IS NOT NULL ORDER BY 1))",
      {{"text"}}}}};

// A value may well turn up later; a misspelt one never does.
LookUp absent_values = {
    "SELECT v.value FROM cdp.tag AS g CROSS JOIN unnest($2) WITH ORDINALITY AS v (value, place)"
    " WHERE g.name = $1 AND EXISTS (SELECT FROM cdp.tag_value AS t WHERE t.tag_id = g.tag_id)"
    " AND NOT EXISTS (SELECT FROM cdp.tag_value AS t WHERE t.tag_id = g.tag_id AND t.value = "
    "v.value)"
    " ORDER BY v.place",
    {{"text"}}};
LookUp value_hint = {
    "SELECT cdp._name_hint($2, ARRAY(SELECT DISTINCT t.value FROM cdp.tag_value AS t"
    " JOIN cdp.tag AS g USING (tag_id) WHERE g.name = $1 ORDER BY 1))",
    {{"text"}}};

/// The message takes a name and perhaps another word.
[[noreturn]] void Refuse(int sqlstate, const char* message, const char* name, const char* hint,
                         std::string_view rule, int character, const char* word = "") {
  ereport(ERROR,
          (errcode(sqlstate), errmsg(message, name, word), errhint("%s", hint),
           internalerrquery(pnstrdup(rule.data(), rule.size())), internalerrposition(character)));
  pg_unreachable();
}

/// What was said of values of a rule that nobody has. The first are shown: to find what is like
/// one takes a look at all values of its tag.
struct Warnings {
  static constexpr int kMost = 10;
  int shown = 0;
  std::uint64_t others = 0;
};

void WarnOfValues(const Mention& mention, Datum tag, Warnings* warnings) {
  const QueryValue arguments[] = {
      {TEXTOID, tag}, {TEXTARRAYOID, TextArrayOf(mention.value_count, [&mention](std::size_t i) {
                         return ServerOf(mention.values[i]);
                       })}};
  const FoundRows absent = FindRows(&absent_values, arguments);
  for (std::uint64_t i = 0; i < absent.count; ++i) {
    if (warnings->shown == Warnings::kMost) {
      warnings->others += absent.count - i;
      return;
    }
    ++warnings->shown;
    const QueryValue value[] = {{TEXTOID, tag}, {TEXTOID, absent.Get(i, 0)}};
    const FoundRows hint = FindRows(&value_hint, value);
    ereport(NOTICE, (errmsg("nobody has value \"%s\" of tag \"%s\"",
                            TextDatumGetCString(value[1].datum), TextDatumGetCString(tag)),
                     errhint("%s", TextDatumGetCString(hint.Get(0, 0)))));
  }
}

void CheckFits(const Mention& mention, Scale scale, const char* name, std::string_view rule) {
  if ((mention.fits & Bit(scale)) != 0) return;
  const char* hint = scale == Scale::kText ? "Only numbers and dates have an order."
                     : scale == Scale::kNumber
                         ? "Compare it with a number."
                         : "Compare it with a day such as 2025-01-31; of today say: between "
                           "today and today.";
  Refuse(ERRCODE_INVALID_PARAMETER_VALUE, "tag \"%s\" %s", name, hint, rule, mention.character,
         audience::WhatHolds(scale));
}

/// `own`: of a rule that defines something the audience that it does, which need not be there yet;
/// of one that is to be answered null.
void Check(const Mention& mention, std::string_view rule, const text* own, Warnings* warnings) {
  Registry& registry = registries[static_cast<int>(mention.sort)];
  const std::string_view called = ServerOf(mention.name);
  if (mention.sort == Sort::kAudience && own != nullptr && ViewOf(own) == called) return;
  const QueryValue argument = {TEXTOID, TextOf(called)};
  const char* name = TextDatumGetCString(argument.datum);
  const QueryValue arguments[] = {argument, {TEXTOID, TextOf(ServerOf(mention.event))}};
  const std::span given(arguments, mention.sort == Sort::kProperty ? 2 : 1);
  const FoundRows found = FindRows(&registry.find, given);
  if (found.count == 0) {
    const FoundRows hint = FindRows(&registry.hint, given);
    Refuse(ERRCODE_UNDEFINED_OBJECT, registry.message, name, TextDatumGetCString(hint.Get(0, 0)),
           rule, mention.character, TextDatumGetCString(arguments[1].datum));
  }
  const Datum answer = found.Get(0, 0);
  if (mention.sort == Sort::kTag) {
    CheckFits(mention, static_cast<Scale>(DatumGetInt32(answer)), name, rule);
  }
  if (mention.sort == Sort::kAudience && own == nullptr && !DatumGetBool(answer)) {
    Refuse(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "audience \"%s\" has never been refreshed",
           name, psprintf("Run SELECT * FROM cdp.audience_refresh(%s);", quote_literal_cstr(name)),
           rule, mention.character);
  }
  if (own != nullptr && mention.value_count > 0) WarnOfValues(mention, argument.datum, warnings);
}

}  // namespace

CDP_FUNCTION(cdp__rule_check) {
  if (PG_ARGISNULL(0)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("rule cannot be null")));
  }
  const std::string_view given = ViewOf(PG_GETARG_TEXT_PP(0));
  const text* own = PG_ARGISNULL(1) ? nullptr : PG_GETARG_TEXT_PP(1);
  const std::string_view utf8 = Utf8Of(given);
  const MemoryContext caller = CurrentMemoryContext;
  BeginLookUps();
  struct Checked {
    std::string_view* spelling;
    Mentions mentions;
  };
  const Checked* checked = CallParser(given, Complain, [=] {
    const Node rule = audience::ParseRule(utf8);
    auto* result = static_cast<Checked*>(AllocateIn(CurrentMemoryContext, sizeof(Checked)));
    *result = {Kept(audience::PrintRule(rule)), Names(utf8).Of(rule)};
    return result;
  });
  Warnings warnings;
  for (std::size_t i = 0; i < checked->mentions.count; ++i) {
    CHECK_FOR_INTERRUPTS();
    Check(checked->mentions.list[i], given, own, &warnings);
  }
  if (warnings.others > 0) {
    const auto others = static_cast<unsigned long long>(warnings.others);
    ereport(NOTICE, (errmsg_plural("nobody has %llu other value that the rule compares tags with",
                                   "nobody has %llu other values that the rule compares tags with",
                                   others, others)));
  }
  const MemoryContext inner = MemoryContextSwitchTo(caller);
  const Datum rule = RuleDatum(*checked->spelling);
  MemoryContextSwitchTo(inner);
  EndLookUps();
  return rule;
}

}  // namespace cdp::pg
