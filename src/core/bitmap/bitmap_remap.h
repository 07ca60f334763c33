/// Values replaced by others: what happens to sets of people when identities merge or split.
#pragma once

#include <span>

#include "core/bitmap/bitmap64_writer.h"

namespace cdp::bitmap {

/// In one step, every value of `from` that the bitmap has becomes the value of `to` at the same
/// place; several may become one. Both must be of the same length, and a value may stand in `from`
/// more than once only with one replacement.
/// The result is in `arena`.
Bytes Remapped(Bytes bytes, std::span<const std::uint32_t> from, std::span<const std::uint32_t> to,
               Arena* arena);
void AppendRemapped(Bytes bytes, std::span<const std::uint64_t> from,
                    std::span<const std::uint64_t> to, BucketList* out);

}  // namespace cdp::bitmap
