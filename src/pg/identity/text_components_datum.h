/// The SQL type `components_text` and the form in which small aggregate states grow.
#pragma once

#include "core/identity/text_components.h"
#include "pg/base/datum.h"
#include "pg/base/expanded.h"
#include "pg/base/flat_state.h"

namespace cdp::pg {

/// Build form: this header, then the bytes of links; docs/formats.md describes it from `version`
/// on.
struct TextComponentsBuild {
  int32 vl_len_;
  uint8 version;
  uint8 zero[3];
  uint32 used;
  uint32 reserved;
};
static_assert(sizeof(TextComponentsBuild) == VARHDRSZ + identity::kBuildHeaderBytes);

using TextComponentsState = FlatState<TextComponentsBuild, std::byte>;
using ExpandedTextComponents = Expanded<identity::TextComponents>;

/// A graph as a new value; for use inside CallCore.
inline varlena* NewTextComponents(identity::TextComponents& components) {
  varlena* value = NewVarlena(components.FlatSize());
  components.FlattenInto(PayloadOf(value));
  return value;
}

/// The value in its image form: itself when it is one. For use inside CallCore.
inline const varlena* TextImageOf(const varlena* value) {
  const auto payload = BytesOf(value);
  if (identity::TextFormOf(payload) == identity::ComponentsForm::kImage) return value;
  ContextResource memory(CurrentMemoryContext);
  identity::TextComponents components(&memory);
  components.Merge(payload);
  return NewTextComponents(components);
}

/// The same, ready to be asked.
inline identity::TextImageView ViewTextComponents(const varlena* value) {
  return identity::TextImageView(BytesOf(TextImageOf(value)));
}

}  // namespace cdp::pg
