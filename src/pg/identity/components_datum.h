/// The SQL type `components` and the form in which small aggregate states grow.
#pragma once

#include "core/identity/components.h"
#include "pg/base/datum.h"
#include "pg/base/expanded.h"
#include "pg/base/flat_state.h"

namespace cdp::pg {

/// Build form: this header, then links; docs/formats.md describes it from `version` on.
struct ComponentsBuild {
  int32 vl_len_;
  uint8 version;
  uint8 zero[3];
  uint32 used;
  uint32 reserved;
};
static_assert(sizeof(ComponentsBuild) == VARHDRSZ + identity::kBuildHeaderBytes);

using ComponentsState = FlatState<ComponentsBuild, identity::Link>;
using ExpandedComponents = Expanded<identity::Components>;

/// An object of the core as a new value; for use inside CallCore.
template <class T>
varlena* NewComponents(T&& components) {
  varlena* value = NewVarlena(components.FlatSize());
  components.FlattenInto(PayloadOf(value));
  return value;
}

/// The value in its image form: itself when it is one. For use inside CallCore.
inline const varlena* ImageOf(const varlena* value) {
  const auto payload = BytesOf(value);
  if (identity::FormOf(payload) == identity::ComponentsForm::kImage) return value;
  const identity::BuildView links(payload);
  if (links.size() <= identity::SmallComponents::kMaxLinks) {
    return NewComponents(identity::SmallComponents(links));
  }
  ContextResource memory(CurrentMemoryContext);
  identity::Components components(&memory);
  components.Merge(payload);
  return NewComponents(components);
}

/// The same, ready to be asked.
inline identity::ImageView ViewComponents(const varlena* value) {
  return identity::ImageView(BytesOf(ImageOf(value)));
}

}  // namespace cdp::pg
