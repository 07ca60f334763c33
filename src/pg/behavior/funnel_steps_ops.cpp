/// Names in the steps of a funnel.

#include <charconv>

#include "pg/base/json.h"
#include "pg/base/query_rows.h"
#include "pg/base/row_set.h"
#include "pg/behavior/ruled_question.h"

namespace cdp::pg {
namespace {

/// Looks names up in an object {"event": {name: code}, "property": {name: which}, "value":
/// {property: {name: number}}}. For use inside CallCore.
class NamesInObject final : public behavior::StepNames {
 public:
  explicit NamesInObject(Jsonb* names) : object_(names), names_(&names->root) {}

  std::optional<std::int64_t> Event(std::string_view name) override {
    return NumberIn(Member(names_, "event"), name);
  }
  std::optional<std::int64_t> Property(std::string_view name) override {
    return NumberIn(Member(names_, "property"), name);
  }
  std::optional<std::int64_t> Number(std::string_view property, std::string_view name) override {
    return NumberIn(Member(Member(names_, "value"), property), name);
  }
  std::string Hint(Sort sort, std::string_view property, std::string_view name) override {
    const char* kind = sort == Sort::kEvent      ? "event"
                       : sort == Sort::kProperty ? "property"
                                                 : "value";
    const text* hint = CallServer([&] {
      const QueryValue values[] = {{TEXTOID, TextOf(name)},
                                   {JSONBOID, JsonbPGetDatum(object_)},
                                   {TEXTOID, TextOf(kind)},
                                   {TEXTOID, TextOf(property), sort != Sort::kNumber}};
      return FindOwnValue(
          "SELECT cdp._name_hint($1, ARRAY(SELECT k.name FROM jsonb_object_keys("
          "   CASE WHEN jsonb_typeof(o.known) = 'object' THEN o.known ELSE '{}' END) AS k (name)"
          "   ORDER BY k.name COLLATE \"C\"))"
          "  FROM jsonb_extract_path($2, VARIADIC array_remove(ARRAY[$3, $4], NULL)) AS o (known)",
          values, "text");
    });
    return hint == nullptr ? std::string() : std::string(ViewOf(hint));
  }

 private:
  static JsonbValue* Find(JsonbContainer* object, std::string_view key) {
    if (object == nullptr || !JsonContainerIsObject(object)) return nullptr;
    return CallServer([object, key] {
      return getKeyJsonValueFromContainer(object, key.data(), static_cast<int>(key.size()),
                                          nullptr);
    });
  }

  static JsonbContainer* Member(JsonbContainer* object, std::string_view key) {
    const JsonbValue* found = Find(object, key);
    return found != nullptr && found->type == jbvBinary ? found->val.binary.data : nullptr;
  }

  static std::optional<std::int64_t> NumberIn(JsonbContainer* object, std::string_view key) {
    const JsonbValue* found = Find(object, key);
    if (found == nullptr) return std::nullopt;
    std::int64_t number = 0;
    if (found->type == jbvNumeric) {
      const std::string_view text =
          CallServer([found]() -> const char* { return numeric_normalize(found->val.numeric); });
      const char* const end = text.data() + text.size();
      const auto read = std::from_chars(text.data(), end, number);
      if (read.ec == std::errc{} && read.ptr == end) return number;
    }
    throw Error(ErrorCode::kInvalidArgument,
                "\"" + std::string(key) + "\" in the names of funnel steps stands for no bigint");
  }

  Jsonb* object_;
  JsonbContainer* names_;
};

struct NameRow {
  const char* kind;
  text* property;  ///< of a value
  text* name;
};

/// Notes names instead of looking them up. For use inside CallCore.
class NamesSeen final : public behavior::StepNames {
 public:
  explicit NamesSeen(std::pmr::vector<NameRow>* rows) : rows_(*rows) {}

  std::optional<std::int64_t> Event(std::string_view name) override {
    return Note("event", nullptr, name, 0);
  }
  std::optional<std::int64_t> Property(std::string_view name) override {
    return Note("property", nullptr, name, 1);
  }
  std::optional<std::int64_t> Number(std::string_view property, std::string_view name) override {
    return Note("value", Text(property), name, 0);
  }

 private:
  static text* Text(std::string_view view) {
    return reinterpret_cast<text*>(NewVarlena(std::as_bytes(std::span(view))));
  }
  std::int64_t Note(const char* kind, text* property, std::string_view name, std::int64_t number) {
    rows_.push_back({kind, property, Text(name)});
    return number;
  }

  std::pmr::vector<NameRow>& rows_;
};

}  // namespace

CDP_FUNCTION(cdp_funnel_step_codes) {
  const text* steps = PG_GETARG_TEXT_PP(0);
  NamesInObject names(PG_GETARG_JSONB_P(1));
  return NumberedSteps(steps, &names);
}

CDP_FUNCTION(cdp_funnel_step_names) {
  return ReturnRows<3>(
      fcinfo,
      [fcinfo] {
        const text* steps = PG_GETARG_TEXT_PP(0);
        auto* rows = CallCore([] {
          const MemoryContext context = CurrentMemoryContext;
          auto* memory =
              new (AllocateIn(context, sizeof(ContextResource))) ContextResource(context);
          return new (AllocateIn(context, sizeof(std::pmr::vector<NameRow>)))
              std::pmr::vector<NameRow>(memory);
        });
        NamesSeen names(rows);
        NumberedSteps(steps, &names);
        return RowList<NameRow>{rows->data(), rows->size()};
      },
      [](const NameRow& row, Datum* values, bool* nulls) {
        values[0] = CStringGetTextDatum(row.kind);
        values[1] = PointerGetDatum(row.property);
        nulls[1] = row.property == nullptr;
        values[2] = PointerGetDatum(row.name);
      });
}

}  // namespace cdp::pg
