/// The large state of the aggregates: a bitmap in a memory context of its own.
#pragma once

#include "core/bitmap/bitmap_builder.h"
#include "pg/base/expanded.h"

namespace cdp::pg {

/// The content of an expanded object; all its memory is the object's.
class BitmapState {
 public:
  BitmapState(std::pmr::memory_resource* memory, bitmap::Bytes start)
      : context_(static_cast<ContextResource*>(memory)->context()),
        builder_(memory, ReadIn(context_, start)) {}
  BitmapState(std::pmr::memory_resource* memory, std::span<const std::uint32_t> start)
      : context_(static_cast<ContextResource*>(memory)->context()),
        builder_(memory, CreateIn(context_)) {
    Add(start);
  }

  void Add(std::uint32_t value) {
    const ContextScope scope(context_);
    builder_.Add(value);
  }
  void Add(std::span<const std::uint32_t> values) {
    const ContextScope scope(context_);
    builder_.Add(values);
  }

  /// `other` may lie anywhere: what is kept of it is copied.
  void Apply(bitmap::SetOperation operation, const bitmap::Bitmap& other) {
    const ContextScope scope(context_);
    builder_.Result().Apply(operation, other);
  }

  const bitmap::Bitmap& Result() {
    const ContextScope scope(context_);
    return builder_.Result();
  }

  std::size_t FlatSize() { return Result().PortableSize(); }
  void FlattenInto(std::byte* out) { builder_.Merged().WritePortable(out); }

 private:
  static bitmap::Bitmap ReadIn(MemoryContext context, bitmap::Bytes bytes) {
    const ContextScope scope(context);
    return bitmap::Bitmap::FromPortable(bytes);
  }
  static bitmap::Bitmap CreateIn(MemoryContext context) {
    const ContextScope scope(context);
    return bitmap::Bitmap();
  }

  MemoryContext context_;
  bitmap::BitmapBuilder builder_;
};

using ExpandedBitmap = Expanded<BitmapState>;

/// The aggregate's memory context. Raises an error when `function` is called by anything else.
MemoryContext RequireTransition(FunctionCallInfo fcinfo, const char* function);

/// One step of rb_or_agg, rb_and_agg or rb_xor_agg, and of their combine functions: the state in
/// argument 0 takes in the bitmap in argument 1.
Datum FoldBitmap(FunctionCallInfo fcinfo, bitmap::SetOperation operation, const char* function);

}  // namespace cdp::pg
