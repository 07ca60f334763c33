/// The SQL type `bsi` and the form in which states of bsi_build_agg grow.
#pragma once

#include "core/bsi/bsi.h"
#include "pg/base/expanded.h"
#include "pg/base/flat_state.h"
#include "pg/base/kept_value.h"

namespace cdp::pg {

/// Build form: this header, then rows; docs/formats.md describes it from `version` on.
struct BsiBuild {
  int32 vl_len_;
  uint8 version;
  bsi::OnDuplicate on_duplicate;
  uint8 zero[2];
  uint32 used;
};
static_assert(sizeof(BsiBuild) == VARHDRSZ + sizeof(bsi::BuildHeader));

using BsiBuildState = FlatState<BsiBuild, bsi::Row>;

/// A sum in the making, large enough for a memory context of its own.
struct SummedBsi {
  explicit SummedBsi(std::pmr::memory_resource* memory) : sum(memory) {}
  std::size_t FlatSize() { return sum.ImageSize(); }
  void FlattenInto(std::byte* out) { sum.WriteImage(out); }

  bsi::Bsi sum;
};
using ExpandedBsi = Expanded<SummedBsi>;

/// The image of a value, detoasted where need be; a build form is turned into it. Not validated
/// beyond that. May longjmp: for the first act.
bsi::Bytes BsiBytes(Datum datum);

/// The same of the first argument, from what the call site keeps if it can: the bytes live until it
/// is called again.
bsi::Bytes BsiArgument(FunctionCallInfo fcinfo);

/// A new value in the current context; for use inside CallCore.
varlena* NewBsi(bsi::Bsi* value);

/// A sum as a numeric. May longjmp: for the last act.
Datum NumericOf(bsi::Sum128 number);

}  // namespace cdp::pg
