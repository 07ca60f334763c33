/// timeline_json: a timeline as a document.

#include "pg/base/json.h"
#include "pg/timeline/timeline_datum.h"

namespace cdp::pg {
namespace {

using timeline::FullEvent;

/// More would not fit into a jsonb, and take gigabytes to find out.
constexpr std::size_t kMaxJsonEvents = 1'000'000;

void PushKey(JsonbParseState** state, std::string_view key) {
  JsonbValue value;
  value.type = jbvString;
  value.val.string.val = const_cast<char*>(key.data());
  value.val.string.len = static_cast<int>(key.size());
  pushJsonbValue(state, WJB_KEY, &value);
}

void PushNumber(JsonbParseState** state, JsonbIteratorToken token, std::int64_t number) {
  JsonbValue value;
  value.type = jbvNumeric;
  value.val.numeric = int64_to_numeric(number);
  pushJsonbValue(state, token, &value);
}

/// The time as to_jsonb gives it. May longjmp.
void PushTime(JsonbParseState** state, Micros at) {
  char* text = static_cast<char*>(palloc(MAXDATELEN + 1));
  JsonEncodeDateTime(text, TimestampTzGetDatum(at), TIMESTAMPTZOID, nullptr);
  JsonbValue value;
  value.type = jbvString;
  value.val.string.val = text;
  value.val.string.len = static_cast<int>(std::strlen(text));
  pushJsonbValue(state, WJB_VALUE, &value);
}

/// May longjmp.
void PushEvent(JsonbParseState** state, const FullEvent& event) {
  pushJsonbValue(state, WJB_BEGIN_OBJECT, nullptr);
  PushKey(state, "ts");
  PushTime(state, event.at);
  PushKey(state, "code");
  PushNumber(state, WJB_VALUE, event.code);
  if (event.has_value()) {
    PushKey(state, "value");
    PushNumber(state, WJB_VALUE, event.value);
  }
  int properties = 0;
  for (int i = 1; i <= timeline::kMaxProperties; ++i) {
    if (event.has_property(i)) properties = i;
  }
  if (properties != 0) {
    PushKey(state, "props");
    pushJsonbValue(state, WJB_BEGIN_ARRAY, nullptr);
    for (int i = 1; i <= properties; ++i) {
      if (event.has_property(i)) {
        PushNumber(state, WJB_ELEM, event.properties[i - 1]);
      } else {
        JsonbValue null;
        null.type = jbvNull;
        pushJsonbValue(state, WJB_ELEM, &null);
      }
    }
    pushJsonbValue(state, WJB_END_ARRAY, nullptr);
  }
  pushJsonbValue(state, WJB_END_OBJECT, nullptr);
}

/// The events block by block; owns nothing but memory of the current context.
struct Blocks {
  explicit Blocks(const timeline::View& view) : reader(view) {}
  timeline::EventReader<FullEvent> reader;
  FullEvent events[timeline::TimeReader::kBlock];
};
static_assert(std::is_trivially_destructible_v<Blocks>);

}  // namespace

CDP_FUNCTION(cdp_timeline_json) {
  const varlena* value = TimelineArgument(fcinfo, 0);
  auto* blocks = CallCore([value] {
    const timeline::View view = ReadTimeline(value);
    if (view.count() > kMaxJsonEvents) {
      throw Error(ErrorCode::kLimitExceeded, "result is too large",
                  "A document holds at most " + std::to_string(kMaxJsonEvents) +
                      " events; this timeline has " + std::to_string(view.count()) + ".",
                  "Use timeline_slice, or timeline_events to get rows.");
    }
    return new (AllocateIn(CurrentMemoryContext, sizeof(Blocks))) Blocks(view);
  });
  JsonbParseState* state = nullptr;
  pushJsonbValue(&state, WJB_BEGIN_ARRAY, nullptr);
  while (const std::size_t n = CallCore([blocks] { return blocks->reader.Next(blocks->events); })) {
    for (std::size_t i = 0; i < n; ++i) PushEvent(&state, blocks->events[i]);
    CHECK_FOR_INTERRUPTS();
  }
  PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, nullptr)));
}

}  // namespace cdp::pg
