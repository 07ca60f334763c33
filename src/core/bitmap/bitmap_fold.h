/// Steps of the aggregates over bitmaps while the state is small: portable bytes, which an ordinary
/// set operation combines anew. To take them into an Accumulator and out again would cost more.
#pragma once

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// Raises an error unless all is right that the operation on `state` and `other` reads of the
/// latter: stored bytes, which a set operation believes.
void CheckOperand(SetOperation operation, const BitmapView& state, const BitmapView& other);
void CheckOperand64(SetOperation operation, Bytes state, Bytes other);

/// Whether all is right in the bytes and they are in normal form to their end.
bool IsNormal(Bytes bytes);
bool IsNormal64(Bytes bytes);
/// Whether they are besides those that an Accumulator would give of their set. False also of some
/// that are, which are rare.
bool IsAggregateForm(Bytes bytes);
bool IsAggregateForm64(Bytes bytes);

}  // namespace cdp::bitmap
