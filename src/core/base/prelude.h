/// Included before the first line of every file of the core (Makefile), where GCC has it precompiled.
/// Each file still names what it uses: .ci/check_includes.
#include <algorithm>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>
