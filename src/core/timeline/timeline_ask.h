/// What can be asked of a timeline's events, all of them or those with certain codes.
#pragma once

#include <memory_resource>
#include <optional>
#include <vector>

#include "core/base/zone.h"
#include "core/timeline/code_set.h"
#include "core/timeline/timeline_walk.h"

namespace cdp::timeline {

/// A null `codes` stands for every code.
std::size_t CountOf(const View& view, const CodeSet* codes, const Period& period = {});

/// Which is the first such event; nothing when there is none.
std::optional<std::size_t> FirstIndexOf(const View& view, const CodeSet* codes);

/// When the first and the last such event was; nothing when there is none.
std::optional<Micros> FirstOf(const View& view, const CodeSet* codes);
std::optional<Micros> LastOf(const View& view, const CodeSet* codes);

/// The sum of the values that are there; nothing when none is. Throws kOutOfRange when it does not
/// fit.
std::optional<std::int64_t> SumOf(const View& view, const CodeSet* codes,
                                  const Period& period = {});

/// On how many dates, and in how many hours, there was such an event.
std::size_t DaysOf(const View& view, const CodeSet* codes, Zone* zone, const Period& period = {});
std::size_t HoursOf(const View& view, const CodeSet* codes, Zone* zone, const Period& period = {});

/// All codes once, ascending.
std::pmr::vector<std::int32_t> CodesOf(const View& view, std::pmr::memory_resource* memory);

}  // namespace cdp::timeline
