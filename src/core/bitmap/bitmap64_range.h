/// Changes of a 64-bit bitmap by ranges and by single values. Buckets that a change does not touch
/// are copied as bytes.
#pragma once

#include "core/bitmap/bitmap64_order.h"
#include "core/bitmap/bitmap64_writer.h"

namespace cdp::bitmap {

/// Adds all values of the range. Refuses before doing anything when they cannot fit.
void AppendFilled(Bytes bytes, const Range64& range, BucketList* out);
/// Removes all values of the range.
void AppendCleared(Bytes bytes, const Range64& range, BucketList* out);
/// Removes the values of the range that are there and adds those that are not. Refuses as filling.
void AppendFlipped(Bytes bytes, const Range64& range, BucketList* out);
/// The values inside the range only.
void AppendRange(Bytes bytes, const Range64& range, BucketList* out);

/// Adds the distance to every value; those that leave the 64 bits are dropped.
void AppendShifted(Bytes bytes, std::int64_t distance, BucketList* out);

void AppendWith(Bytes bytes, std::uint64_t value, BucketList* out);
void AppendWithout(Bytes bytes, std::uint64_t value, BucketList* out);

/// The same values, in runs where that is shorter.
void AppendCompacted(Bytes bytes, BucketList* out);

}  // namespace cdp::bitmap
