#include "pg/audience/behavior_names.h"

#include "pg/audience/rule_datum.h"
#include "pg/base/query_rows.h"

namespace cdp::pg {

using audience::PropertyPlace;
using audience::PropertyWord;

namespace {

/// A text in the encoding of the server. May longjmp.
QueryValue TextValue(std::string_view utf8) { return {TEXTOID, TextOf(ServerOf(utf8))}; }

Datum Column(TupleTableSlot* row, int n, bool* is_null) { return slot_getattr(row, n, is_null); }

/// A row of one number or two; the second is -1 where it is null or missing.
struct Numbers {
  bool found = false;
  std::int32_t first = -1;
  std::int32_t second = -1;
};

constexpr ResultColumn kCode[] = {{"int4", true}};
constexpr ResultColumn kPlace[] = {{"int4", true}, {"int4", true}};

void TakeNumbers(TupleTableSlot* row, void* closure) {
  auto* numbers = static_cast<Numbers*>(closure);
  bool is_null = false;
  numbers->found = true;
  const Datum first = Column(row, 1, &is_null);
  if (!is_null) numbers->first = DatumGetInt32(first);
  if (row->tts_tupleDescriptor->natts < 2) return;
  const Datum second = Column(row, 2, &is_null);
  if (!is_null) numbers->second = DatumGetInt32(second);
}

using TakeWord = const std::function<void(const PropertyWord&)>;

constexpr ResultColumn kWord[] = {{"int4"}, {"text"}, {"int8", true}};

void TakeWordRow(TupleTableSlot* row, void* closure) {
  const auto* take = static_cast<TakeWord*>(closure);
  bool is_null = false;
  const std::int32_t code = DatumGetInt32(Column(row, 1, &is_null));
  const text* word = DatumGetTextPP(Column(row, 2, &is_null));
  const Datum number = Column(row, 3, &is_null);
  CallCore([=] {
    PropertyWord said{code, ViewOf(word), std::nullopt};
    if (!is_null) said.number = DatumGetInt64(number);
    (*take)(said);
  });
}

/// A name as a string of the server. May longjmp.
const char* NameOf(std::string_view utf8) {
  const std::string_view name = ServerOf(utf8);
  return pnstrdup(name.data(), name.size());
}

[[noreturn]] void RaiseUnknownProperty(std::string_view event, std::string_view property) {
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                  errmsg("property \"%s\" of event \"%s\" is not kept in timelines",
                         NameOf(property), NameOf(event)),
                  errhint("Keep it by cdp.property_define(), or make it the value of the event by "
                          "cdp.event_value_set().")));
  pg_unreachable();
}

}  // namespace

std::int32_t StoredNames::Event(std::string_view event) {
  return CallServer([event] {
    Numbers code;
    const QueryValue name = TextValue(event);
    RunOwnQuery("SELECT (cdp._event_codes(ARRAY[$1]))[1]", {&name, 1}, kCode, TakeNumbers, &code);
    return code.first;
  });
}

PropertyPlace StoredNames::Property(std::string_view event, std::string_view property) {
  // Place and decimals in one number, as a number is what comes back.
  const std::int64_t found = CallServer([event, property]() -> std::int64_t {
    Numbers place;
    const QueryValue names[] = {TextValue(event), TextValue(property)};
    RunOwnQuery("SELECT p.operand, p.decimals FROM cdp._event_property_place($1, $2) AS p", names,
                kPlace, TakeNumbers, &place);
    if (!place.found) RaiseUnknownProperty(event, property);
    return std::int64_t{place.second} << 32 | place.first;
  });
  return {static_cast<behavior::Operand>(found & 0xff), static_cast<int>(found >> 32)};
}

void StoredNames::Words(behavior::Operand operand, const std::vector<audience::Value>& texts,
                        const std::function<void(const PropertyWord&)>& take) {
  const auto* wanted = &texts;
  const auto* use = &take;
  CallServer([operand, wanted, use] {
    QueryValue values[] = {{INT4OID, Int32GetDatum(operand)}, {TEXTARRAYOID, 0, wanted->empty()}};
    if (!wanted->empty()) {
      values[1].datum = TextArrayOf(
          wanted->size(), [wanted](std::size_t i) { return ServerOf((*wanted)[i].text); });
    }
    RunOwnQuery(
        wanted->empty()
            ? "SELECT v.code, v.value, cdp._event_value(jsonb_build_object('n', v.value), 'n', 3)"
              "  FROM cdp.event_property_value AS v WHERE v.slot = $1 AND $2 IS NULL"
            : "SELECT v.code, v.value, NULL::int8 FROM cdp.event_property_value AS v"
              " WHERE v.slot = $1"
              "   AND v.value = ANY (ARRAY(SELECT left(w.said, 200) COLLATE \"C\" FROM unnest($2) "
              "AS w (said)))",
        values, kWord, TakeWordRow, const_cast<void*>(static_cast<const void*>(use)));
    return 0;
  });
}

}  // namespace cdp::pg
