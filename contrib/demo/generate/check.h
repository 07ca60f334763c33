#pragma once

#include <string>

namespace cdp::demo {

/// Reads the written files again, counts every truth the slow way, prints what differs and
/// "N passed, N failed". Knows nothing of how the rows were invented. True when nothing differs.
/// Throws std::runtime_error when a file cannot be read.
bool Check(const std::string& directory);

}  // namespace cdp::demo
