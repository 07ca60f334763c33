#include "pg/bitmap/bitmap_result.h"

namespace cdp::pg {

varlena* NewCombinedBitmap(bitmap::SetOperation operation, const bitmap::BitmapView& a,
                           const bitmap::BitmapView& b) {
  const bitmap::OutputBound bound = bitmap::BoundCombined(operation, a, b);
  varlena* result = NewVarlena(bound.Total());
  const std::size_t size = bitmap::WriteCombined(operation, a, b, bound, PayloadOf(result));
  return Trimmed(result, bound.Total(), size);
}

}  // namespace cdp::pg
