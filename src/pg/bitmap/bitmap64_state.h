/// The large state of the aggregates of roaringbitmap64.
#pragma once

#include "core/bitmap/bitmap64_builder.h"
#include "pg/base/expanded.h"

namespace cdp::pg {

/// The content of an expanded object; all that it keeps is in the object's memory.
class Bitmap64State {
 public:
  Bitmap64State(std::pmr::memory_resource* memory, bitmap::SetOperation operation,
                bitmap::Bytes start)
      : builder_(memory, operation) {
    Add(start);
  }
  Bitmap64State(std::pmr::memory_resource* memory, std::span<const std::uint64_t> start)
      : builder_(memory, bitmap::SetOperation::kOr) {
    for (const std::uint64_t value : start) builder_.Add(value);
  }

  bitmap::SetOperation operation() const { return builder_.operation(); }

  void Add(std::uint64_t value) { builder_.Add(value); }
  void Add(bitmap::Bytes bitmap) {
    ContextResource scratch(CurrentMemoryContext);
    builder_.Add(bitmap, &scratch);
  }

  bitmap::Bytes Result() {
    ContextResource scratch(CurrentMemoryContext);
    return builder_.Result(&scratch);
  }

  std::size_t FlatSize() { return Result().size(); }
  void FlattenInto(std::byte* out) {
    const bitmap::Bytes bytes = Result();
    std::memcpy(out, bytes.data(), bytes.size());
  }

 private:
  bitmap::Bitmap64Builder builder_;
};

using ExpandedBitmap64 = Expanded<Bitmap64State>;

/// One step of rb64_or_agg, rb64_and_agg or rb64_xor_agg, and of their combine functions: the state
/// in argument 0 takes in the bitmap in argument 1.
Datum FoldBitmap64(FunctionCallInfo fcinfo, bitmap::SetOperation operation, const char* function);

}  // namespace cdp::pg
