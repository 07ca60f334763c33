/// Drawing some people by lot.
#pragma once

#include <memory_resource>
#include <string_view>

#include "core/bsi/id_set.h"

namespace cdp::audience {

/// The `count` people with the smallest shares of the salt, at a tie those with the smaller ids;
/// everybody when there are no more. Whoever is drawn stays so when more are drawn, and when others
/// who were not drawn go.
bsi::IdSet Draw(bitmap::Bytes people, std::uint64_t count, std::string_view salt,
                std::pmr::memory_resource* memory);

}  // namespace cdp::audience
