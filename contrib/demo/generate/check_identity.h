#pragma once

#include <vector>

#include "check_rows.h"

namespace cdp::demo {

constexpr int kBlocked = -1;
constexpr int kShared = -2;

/// The resolved person of every identifier, or kBlocked or kShared: placeholders are blocked, an
/// identifier linked with more than three identifiers of one stronger type is shared, all other
/// links join. Persons are numbered from 0.
std::vector<int> ResolvePersons(const CheckedRows& rows);

}  // namespace cdp::demo
