/// Pages of timelines as Datums.
#pragma once

#include "core/base/copy.h"
#include "core/timeline/timeline_page_writer.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// A page argument's bytes, sealed or in build form, at any alignment. May longjmp: for the first
/// act.
inline const varlena* PageArgument(FunctionCallInfo fcinfo, int n) {
  return PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n));
}

/// The page of these people, who are given in any order and parts, as a new value in the current
/// context; for use inside CallCore.
varlena* NewPage(timeline::PagePeople* people, std::pmr::memory_resource* memory);

/// The value itself when it is sealed, else its timelines as a new sealed value; for use inside
/// CallCore.
const varlena* SealedPage(const varlena* value);

/// Reads an argument; for use inside CallCore.
inline timeline::PageView ReadPage(const varlena* value) {
  return timeline::PageView(BytesOf(SealedPage(value)));
}

/// The timeline of a person as a value of its own in the current context; for use inside CallCore.
inline varlena* NewTimelineOf(const timeline::PagePerson& person) {
  varlena* value = NewVarlena(sizeof(person.header) + person.body.size());
  std::byte* out = WriteRaw(PayloadOf(value), person.header);
  CopyBytes(out, person.body.data(), person.body.size());
  return value;
}

}  // namespace cdp::pg
