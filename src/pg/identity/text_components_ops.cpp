/// Questions to a components_text value. A text that the graph does not have gives null.

#include "pg/identity/text_components_datum.h"

namespace cdp::pg {
namespace {

struct Found {
  bool present;
  std::uint32_t component;
};

Found Find(const identity::TextImageView& image, const text* node) {
  const auto component = image.Find(ViewOf(node));
  return {component.has_value(), component.value_or(0)};
}

}  // namespace

CDP_FUNCTION(cdp_components_text_find) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  const text* node = PG_GETARG_TEXT_PP(1);
  std::string_view component;
  const bool present = CallCore([&] {
    const auto image = ViewTextComponents(value);
    const Found found = Find(image, node);
    if (found.present) component = image.Text(found.component);
    return found.present;
  });
  if (!present) PG_RETURN_NULL();
  PG_RETURN_DATUM(TextOf(component));
}

CDP_FUNCTION(cdp_components_text_same) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  const text* a = PG_GETARG_TEXT_PP(1);
  const text* b = PG_GETARG_TEXT_PP(2);
  Found of_a;
  Found of_b;
  CallCore([&] {
    const auto image = ViewTextComponents(value);
    of_a = Find(image, a);
    of_b = Find(image, b);
  });
  if (!of_a.present || !of_b.present) PG_RETURN_NULL();
  PG_RETURN_BOOL(of_a.component == of_b.component);
}

CDP_FUNCTION(cdp_components_text_size) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  const text* node = PG_GETARG_TEXT_PP(1);
  const std::uint64_t size = CallCore([&] {
    const auto image = ViewTextComponents(value);
    const Found found = Find(image, node);
    return found.present ? image.SizeOf(found.component) : 0;
  });
  if (size == 0) PG_RETURN_NULL();
  PG_RETURN_INT64(static_cast<int64>(size));
}

CDP_FUNCTION(cdp_components_text_count) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  PG_RETURN_INT64(CallCore([value] { return ViewTextComponents(value).components(); }));
}

CDP_FUNCTION(cdp_components_text_nodes) {
  const varlena* value = PG_GETARG_VARLENA_PP(0);
  PG_RETURN_INT64(CallCore([value] { return ViewTextComponents(value).nodes(); }));
}

}  // namespace cdp::pg
