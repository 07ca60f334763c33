/// Timelines as Datums.
#pragma once

#include "core/timeline/timeline_check.h"
#include "core/timeline/timeline_reader.h"
#include "pg/base/datum.h"

namespace cdp::pg {

/// A timeline argument's bytes, sealed or in build form, at any alignment. May longjmp: for the
/// first act.
inline const varlena* TimelineArgument(FunctionCallInfo fcinfo, int n) {
  return PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n));
}

/// As much of a timeline argument as holds its header: of a value that is stored out of line only
/// the first bytes are fetched. The value itself when it is in build form. May longjmp: for the
/// first act.
const varlena* HeaderArgument(FunctionCallInfo fcinfo, int n);

/// Reads the header from what HeaderArgument gave; for use inside CallCore.
timeline::ImageHeader ReadTimelineHeader(const varlena* beginning);

/// Sorts and writes the image of these events as a new value in the current context; for use
/// inside CallCore. Throws kLimitExceeded when they are too many for one value.
template <class Record>
varlena* NewTimeline(std::span<Record> events);

/// The value itself when it is sealed, else its events as a new sealed value; for use inside
/// CallCore.
const varlena* SealedTimeline(const varlena* value);

/// Reads an argument; for use inside CallCore.
inline timeline::View ReadTimeline(const varlena* value) {
  return timeline::View(BytesOf(SealedTimeline(value)));
}

}  // namespace cdp::pg
