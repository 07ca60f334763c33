#pragma once

#include <map>
#include <string>
#include <vector>

#include "check_rows.h"

namespace cdp::demo {

using Facts = std::map<std::string, std::string>;

/// What the good events say of the resolved persons, counted person by person from the definitions
/// in `given` (dates and windows). The result is keyed like truth_fact.tsv; the cells of the two
/// other truths are "funnel <channel> <step>" and "cohort <week> <period>".
std::map<std::string, std::int64_t> CountBehavior(const CheckedRows& rows,
                                                  const std::vector<int>& person,
                                                  const Facts& given);

}  // namespace cdp::demo
