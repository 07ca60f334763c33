#include "pg/audience/chunk_source.h"

#include "core/audience/rule_words.h"
#include "core/bitmap/bitmap_range.h"
#include "core/bsi/bsi.h"
#include "pg/audience/rule_datum.h"
#include "pg/base/json.h"
#include "pg/bitmap/bitmap_datum.h"
#include "pg/bsi/bsi_datum.h"

namespace cdp::pg {
namespace {

using audience::DayPart;
using audience::Kind;
using audience::Node;
using bitmap::Bytes;
using bsi::IdSet;

// Whoever calls has set the search path to pg_catalog.
LookUp everyone_of_chunk = {"SELECT cdp._everyone($1)", {{"roaringbitmap", true}}};
/// The second column is an audience::Scale.
LookUp tag_named = {
    "SELECT g.tag_id, cdp._tag_scale(g.value_type) AS value_type FROM cdp.tag AS g"
    " WHERE g.name = $1",
    {{"int4"}, {"int4"}}};
LookUp tag_missed = {"SELECT cdp._tag_id($1)"};
LookUp all_values = {
    "SELECT cdp._tag_members(t.base, t.changed, t.later) AS members, t.value"
    " FROM cdp.tag_value AS t WHERE t.tag_id = $1 AND t.chunk = $2",
    {{"roaringbitmap"}, {"text"}}};
LookUp some_values = {
    "SELECT cdp._tag_members(t.base, t.changed, t.later) AS members, t.value"
    " FROM cdp.tag_value AS t WHERE t.tag_id = $1 AND t.chunk = $2 AND t.value = ANY ($3)",
    {{"roaringbitmap"}, {"text"}}};
LookUp tag_numbers = {
    "SELECT cdp._tag_numbers(t.base, t.changed, t.fresh, t.later, t.later_fresh) AS numbers"
    " FROM cdp.tag_number AS t WHERE t.tag_id = $1 AND t.chunk = $2",
    {{"bsi"}}};
LookUp audience_named = {
    "SELECT a.audience_id, a.refreshed_at IS NOT NULL FROM cdp.audience AS a WHERE a.name = $1",
    {{"int4"}, {"bool"}}};
LookUp audience_missed = {"SELECT cdp._audience_id($1), cdp._audience_ready($1)"};
LookUp audience_members = {
    "SELECT m.members FROM cdp.audience_member AS m WHERE m.audience_id = $1 AND m.chunk = $2",
    {{"roaringbitmap"}}};
LookUp audience_members_at = {"SELECT cdp._audience_members_at($1, $2, $3)",
                              {{"roaringbitmap", true}}};
LookUp attribute_people = {"SELECT cdp._attribute_people($1, $2, $3, $4)",
                           {{"roaringbitmap", true}}};
LookUp event_named = {"SELECT t.code FROM cdp.event_type AS t WHERE t.name = $1", {{"int4"}}};
LookUp event_missed = {"SELECT cdp._event_codes(ARRAY[$1])"};
LookUp events_that_wait = {
    "SELECT EXISTS (SELECT FROM cdp.timeline_batch)"
    " OR EXISTS (SELECT FROM cdp.timeline_due AS d WHERE d.counts)",
    {{"bool"}}};
LookUp day_people = {
    "SELECT d.members FROM cdp.event_day_by AS d"
    " WHERE d.slot = 0 AND d.code = $1 AND d.day BETWEEN $2 AND $3 AND d.chunk = $4",
    {{"roaringbitmap"}}};
LookUp day_times = {
    "SELECT d.times FROM cdp.event_day_by AS d"
    " WHERE d.slot = 0 AND d.code = $1 AND d.day BETWEEN $2 AND $3 AND d.chunk = $4",
    {{"bsi"}}};
LookUp fresh_day_people = {
    "SELECT d.members FROM cdp._event_day_rows(ARRAY[$1], $2, $3 + 1) AS d WHERE d.chunk = $4",
    {{"roaringbitmap"}}};
LookUp fresh_day_times = {
    "SELECT d.times FROM cdp._event_day_rows(ARRAY[$1], $2, $3 + 1) AS d WHERE d.chunk = $4",
    {{"bsi"}}};
LookUp identified = {
    "SELECT cdp.rb_build_agg(i.one_id)"
    " FROM cdp.id_type AS y CROSS JOIN unnest($2) AS v (value)"
    " JOIN cdp.identifier AS i ON i.type_id = y.type_id AND i.value = cdp._id_value($1, v.value)"
    " WHERE y.name = cdp._id_type_name($1) AND i.one_id IS NOT NULL AND cdp.chunk_of(i.one_id) = "
    "$3",
    {{"roaringbitmap", true}}};

FoundRows Ask(LookUp* look_up, std::initializer_list<QueryValue> arguments) {
  FoundRows rows{};
  CallServer([&] {
    rows = FindRows(look_up, {arguments.begin(), arguments.size()});
    return 0;
  });
  return rows;
}

QueryValue Integer(std::int32_t number) { return {INT4OID, Int32GetDatum(number)}; }
QueryValue Instant(TimestampTz at) { return {TIMESTAMPTZOID, TimestampTzGetDatum(at)}; }

QueryValue Text(std::string_view utf8) {
  return {TEXTOID, CallServer([&] { return TextOf(ServerOf(utf8)); })};
}

QueryValue Texts(const std::vector<audience::Value>& values) {
  return {TEXTARRAYOID, CallServer([&] {
            return TextArrayOf(values.size(),
                               [&values](std::size_t i) { return ServerOf(values[i].text); });
          })};
}

QueryValue Json(const std::string& utf8) {
  return {JSONBOID, CallServer([&utf8] {
            return DirectFunctionCall1(jsonb_in, CStringGetDatum(ServerOf(utf8).data()));
          })};
}

/// The row of what has this name. There has to be one: `missed` is a question that raises the error
/// otherwise.
FoundRows Named(LookUp* by_name, LookUp* missed, std::string_view name) {
  const QueryValue argument = Text(name);
  const FoundRows rows = Ask(by_name, {argument});
  if (rows.count == 0) {
    Ask(missed, {argument});
    throw Error(ErrorCode::kInternal, "what a rule names is not found where it is kept");
  }
  return rows;
}

/// The first column of all rows, all that is stored out of line fetched.
void Fetch(const FoundRows& rows, Bytes (*bytes_of)(Datum), Bytes* bytes) {
  CallServer([&] {
    for (std::uint64_t i = 0; i < rows.count; ++i) bytes[i] = bytes_of(rows.Get(i, 0));
    return 0;
  });
}

/// Of a question that has one row of one bitmap or none, or a null.
Bytes FetchOne(const FoundRows& rows) {
  bool is_null = true;
  const Datum datum = rows.count == 0 ? 0 : rows.Get(0, 0, &is_null);
  Bytes bytes;
  if (is_null) return bytes;
  CallServer([&] {
    bytes = BitmapBytes(datum);
    return 0;
  });
  return bytes;
}

/// What the first column takes.
std::uint64_t SizeOf(const FoundRows& rows) {
  std::uint64_t size = 0;
  for (std::uint64_t i = 0; i < rows.count; ++i) {
    const auto* value = reinterpret_cast<const varlena*>(DatumGetPointer(rows.Get(i, 0)));
    StoredValue stored;
    size += DescribeStored(value, &stored) ? stored.size : VARSIZE_ANY(value);
  }
  return size;
}

/// A date as stored; what lies beyond all dates is infinite.
QueryValue Date(audience::Day day) {
  const bool is_date = day >= INT32_MIN && day <= INT32_MAX && IS_VALID_DATE(day);
  return {DATEOID, DateADTGetDatum(is_date   ? static_cast<DateADT>(day)
                                   : day < 0 ? DATEVAL_NOBEGIN
                                             : DATEVAL_NOEND)};
}

}  // namespace

ChunkSource::ChunkSource(const Node& rule, const RuleQuestion& question, ContextResource* memory)
    : question_(question), memory_(memory), nobody_(memory) {
  CollectTops(rule);
}

void ChunkSource::CollectTops(const Node& node) {
  if (node.kind == Kind::kTop) {
    if (tops_.size() == question_.tops.size()) {
      throw Error(ErrorCode::kInvalidArgument, "rule has more tops than answers to them");
    }
    const Bytes top = question_.tops[tops_.size()];
    tops_.emplace(&node, top);
  }
  for (const Node& part : node.parts) CollectTops(part);
}

Bytes ChunkSource::Everyone() {
  if (!everyone_) {
    everyone_ = FetchOne(Ask(&everyone_of_chunk, {Integer(question_.chunk)}));
    if (everyone_->empty()) everyone_ = nobody_.bytes();
  }
  return *everyone_;
}

ChunkSource::TagRows& ChunkSource::RowsOfTag(const Node& leaf) {
  const auto [found, is_new] = tags_.try_emplace(&leaf);
  TagRows& tag = found->second;
  if (!is_new) return tag;
  const FoundRows named = Named(&tag_named, &tag_missed, leaf.name);
  const QueryValue id = {INT4OID, named.Get(0, 0)};
  tag.scale = static_cast<audience::Scale>(DatumGetInt32(named.Get(0, 1)));
  const QueryValue chunk = Integer(question_.chunk);
  const bool names_values =
      leaf.test.compare == audience::Compare::kEqual || leaf.test.compare == audience::Compare::kIn;
  tag.rows = tag.scale != audience::Scale::kText ? Ask(&tag_numbers, {id, chunk})
             : names_values ? Ask(&some_values, {id, chunk, Texts(leaf.test.values)})
                            : Ask(&all_values, {id, chunk});
  return tag;
}

Bytes ChunkSource::TagNumbers(const Node& leaf) {
  const TagRows& tag = RowsOfTag(leaf);
  Bytes numbers;
  if (tag.rows.count > 0) {
    Fetch(tag.rows, BsiBytes, &numbers);
    return numbers;
  }
  bsi::Bsi none(memory_);
  const std::size_t size = none.ImageSize();
  auto* image = static_cast<std::byte*>(memory_->allocate(size));
  none.WriteImage(image);
  return {image, size};
}

std::span<const audience::TagValue> ChunkSource::TagValues(const Node& leaf) {
  TagRows& tag = RowsOfTag(leaf);
  if (tag.values.size() < tag.rows.count) {
    tag.values.resize(tag.rows.count);
    CallServer([&tag] {
      for (std::uint64_t i = 0; i < tag.rows.count; ++i) {
        const Datum value = tag.rows.Get(i, 1);
        tag.values[i] = {Utf8Of(ViewOf(DatumGetTextPP(value))), BitmapBytes(tag.rows.Get(i, 0))};
      }
      return 0;
    });
  }
  return tag.values;
}

bool ChunkSource::EventsWait() {
  if (!events_wait_) events_wait_ = DatumGetBool(Ask(&events_that_wait, {}).Get(0, 0));
  return *events_wait_;
}

std::span<const audience::EventDay> ChunkSource::EventDays(const Node& leaf, audience::DaySpan days,
                                                           DayPart part) {
  const FoundRows named = Named(&event_named, &event_missed, leaf.events.front().name);
  const bool of_people = part == DayPart::kPeople;
  LookUp* const look_up = EventsWait() ? (of_people ? &fresh_day_people : &fresh_day_times)
                                       : (of_people ? &day_people : &day_times);
  const FoundRows rows =
      Ask(look_up,
          {{INT4OID, named.Get(0, 0)}, Date(days.from), Date(days.to), Integer(question_.chunk)});
  std::vector<Bytes> bytes(rows.count);
  Fetch(rows, of_people ? BitmapBytes : BsiBytes, bytes.data());
  std::vector<audience::EventDay>& found = days_.emplace_back();
  for (const Bytes each : bytes) {
    found.push_back(of_people ? audience::EventDay{each, {}} : audience::EventDay{{}, each});
  }
  return found;
}

FoundRows ChunkSource::RowsOfAudience(const Node& leaf) {
  const auto [found, is_new] = audiences_.try_emplace(&leaf);
  if (is_new) {
    const FoundRows named = Named(&audience_named, &audience_missed, leaf.name);
    if (!DatumGetBool(named.Get(0, 1))) Ask(&audience_missed, {Text(leaf.name)});
    found->second = Ask(&audience_members, {{INT4OID, named.Get(0, 0)}, Integer(question_.chunk)});
  }
  return found->second;
}

IdSet ChunkSource::MembersAt(const Node& leaf) {
  const FoundRows named = Named(&audience_named, &audience_missed, leaf.name);
  // A day is all of it; the end of a stretch does not belong to it, unless it has none.
  const Micros end = audience::Clock(&question_.zone, question_.now).InstantsOf(*leaf.as_of).to;
  const bool is_finite = end != INT64_MIN && end != INT64_MAX;
  return SetOf(FetchOne(Ask(
      &audience_members_at,
      {{INT4OID, named.Get(0, 0)}, Instant(is_finite ? end - 1 : end), Integer(question_.chunk)})));
}

IdSet ChunkSource::HavingAttribute(const Node& leaf, const IdSet* within) {
  const bool is_absence = leaf.test.compare == audience::Compare::kNotSet;
  Node asked = leaf;
  if (is_absence) asked.test.compare = audience::Compare::kSet;
  IdSet found =
      SetOf(FetchOne(Ask(&attribute_people, {Text(leaf.name), Json(JsonOfRule(asked)),
                                             Integer(question_.chunk), Instant(question_.now)})));
  if (!is_absence) return found;
  const IdSet everyone = SetOf(within != nullptr ? within->bytes() : Everyone());
  return IdSet(bitmap::SetOperation::kAndNot, everyone.view(), found.view(), memory_);
}

IdSet ChunkSource::TopOf(const Node& leaf) {
  constexpr int kChunkBits = audience::WantedPeople::kChunkBits;
  const std::uint32_t first = static_cast<std::uint32_t>(question_.chunk) << kChunkBits;
  bitmap::BitmapParts parts(memory_);
  bitmap::Restrict(bitmap::BitmapView(tops_.at(&leaf)),
                   {first, std::uint64_t{first} + (1u << kChunkBits)}, &parts);
  std::pmr::vector<std::byte> bytes(parts.size(), memory_);
  parts.Write(bytes.data());
  return SetOf(bytes);
}

IdSet ChunkSource::Other(const Node& leaf, const IdSet* within) {
  switch (leaf.kind) {
    case Kind::kAudience:
      return leaf.as_of ? MembersAt(leaf) : SetOf(FetchOne(RowsOfAudience(leaf)));
    case Kind::kIds:
      return SetOf(FetchOne(
          Ask(&identified, {Text(leaf.name), Texts(leaf.test.values), Integer(question_.chunk)})));
    case Kind::kTop:
      return TopOf(leaf);
    case Kind::kAttribute:
      return HavingAttribute(leaf, within);
    default:
      if (!behavior_) {
        behavior_.emplace(question_.chunk, question_.now, &question_.zone, memory_);
      }
      return behavior_->People(leaf, within, [this] { return Everyone(); });
  }
}

std::uint64_t ChunkSource::Cost(const Node& leaf) {
  // A whole chunk, a day of an event, and what is not stored as sets.
  constexpr std::uint64_t kChunk = std::uint64_t{1} << 17;
  constexpr std::uint64_t kDay = std::uint64_t{1} << 14;
  constexpr std::uint64_t kAttribute = std::uint64_t{1} << 24;
  constexpr std::uint64_t kTimelines = std::uint64_t{1} << 32;
  constexpr std::uint64_t kIdentifier = 100;
  constexpr std::uint64_t kMostDays = 1000;
  switch (leaf.kind) {
    case Kind::kEveryone:
      return kChunk;
    case Kind::kTag:
      return SizeOf(RowsOfTag(leaf).rows);
    case Kind::kAudience:
      return leaf.as_of ? kAttribute : SizeOf(RowsOfAudience(leaf));
    case Kind::kIds:
      return leaf.test.values.size() * kIdentifier;
    case Kind::kTop:
      return tops_.at(&leaf).size();
    case Kind::kAttribute:
      return kAttribute;
    default: {
      const auto span = audience::SpanOf(leaf, question_.today);
      if (!span) return kTimelines;
      const auto days =
          static_cast<std::uint64_t>(span->to) - static_cast<std::uint64_t>(span->from);
      return kDay * (1 + std::min(days, kMostDays));
    }
  }
}

}  // namespace cdp::pg
