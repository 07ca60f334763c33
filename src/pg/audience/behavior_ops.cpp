/// One condition on behaviour, asked by itself.

#include "pg/audience/behavior_source.h"
#include "pg/audience/rule_datum.h"
#include "pg/base/query_rows.h"

namespace cdp::pg {
namespace {

/// All persons of a chunk as a bitmap, null where there never was one. May longjmp.
const varlena* EveryoneOf(std::int32_t chunk) {
  const QueryValue value{INT4OID, Int32GetDatum(chunk)};
  return FindOwnValue("SELECT cdp._everyone($1)", {&value, 1}, "roaringbitmap");
}

bool IsBehavior(const audience::Node& node) {
  using audience::Kind;
  return node.kind == Kind::kEvent || node.kind == Kind::kAggregate || node.kind == Kind::kFirst ||
         node.kind == Kind::kLast || node.kind == Kind::kSequence;
}

}  // namespace

CDP_FUNCTION(cdp__rule_behavior_people) {
  const std::string_view rule = Utf8Of(RuleText(fcinfo, 0));
  const std::int32_t chunk = ChunkArgument(fcinfo, 1);
  const TimestampTz now = PG_GETARG_TIMESTAMPTZ(2);
  if (TIMESTAMP_NOT_FINITE(now)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
                    errmsg("a rule cannot be asked at an infinite time")));
  }
  Zone zone = BusinessZone();
  return PointerGetDatum(CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    const audience::Node leaf = audience::ParseRule(rule);
    if (!IsBehavior(leaf)) {
      throw Error(ErrorCode::kInvalidArgument, "rule is not one condition on behaviour");
    }
    BehaviorSource source(chunk, now, &zone, &memory);
    const bsi::IdSet nobody(&memory);
    const auto everyone = [&] {
      const varlena* people = CallServer([chunk] { return EveryoneOf(chunk); });
      return people == nullptr ? nobody.bytes() : BytesOf(people);
    };
    return NewVarlena(source.People(leaf, nullptr, everyone).bytes());
  }));
}

}  // namespace cdp::pg
