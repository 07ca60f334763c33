#include "core/bitmap/bitmap64_bucket.h"

#include <new>

#include "core/bitmap/bitmap_set.h"
#include "roaring.h"

namespace cdp::bitmap {
namespace {

// Owns one of the library's bitmaps for the time of a change. One whose change was cut short by an
// exception must not even be freed: the library promises nothing about it.
class Draft {
 public:
  explicit Draft(Bytes bytes) : raw_(bytes.empty() ? roaring_bitmap_create() : Read(bytes)) {
    if (raw_ == nullptr) throw std::bad_alloc();
    const char* reason = nullptr;
    if (!roaring_bitmap_internal_validate(raw_, &reason)) {
      roaring_bitmap_free(std::exchange(raw_, nullptr));
      InvalidBitmap(reason != nullptr ? reason : "unknown");
    }
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (raw_ != nullptr) roaring_bitmap_free(raw_);
  }

  const roaring_bitmap_t* raw() const { return raw_; }

  template <class Body>
  void Change(Body body) {
    roaring_bitmap_t* raw = std::exchange(raw_, nullptr);
    body(raw);
    raw_ = raw;
  }

  /// Replaces the bitmap by what `body` makes of it.
  template <class Body>
  void Replace(Body body) {
    roaring_bitmap_t* made = body(raw_);
    if (made == nullptr) throw std::bad_alloc();
    roaring_bitmap_free(std::exchange(raw_, made));
  }

  Bytes Write(Arena* arena) const {
    if (roaring_bitmap_is_empty(raw_)) return {};
    const std::size_t size = roaring_bitmap_portable_size_in_bytes(raw_);
    auto* out = static_cast<std::byte*>(arena->allocate(size, 1));
    roaring_bitmap_portable_serialize(raw_, reinterpret_cast<char*>(out));
    return {out, size};
  }

 private:
  static roaring_bitmap_t* Read(Bytes bytes) {
    roaring_bitmap_t* raw = roaring_bitmap_portable_deserialize_safe(
        reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (raw == nullptr) MalformedBitmap();
    return raw;
  }

  roaring_bitmap_t* raw_;
};

template <class Body>
Bytes Changed(Bytes bytes, Arena* arena, Body body) {
  Draft draft(bytes);
  draft.Change(body);
  return draft.Write(arena);
}

}  // namespace

Bytes CheckedBucket(Bytes bytes, std::size_t* size, Arena* arena) {
  *size = roaring_bitmap_portable_deserialize_size(reinterpret_cast<const char*>(bytes.data()),
                                                   bytes.size());
  if (*size == 0) MalformedBitmap();
  return Draft(bytes.first(*size)).Write(arena);
}

Bytes CombineBuckets(SetOperation operation, Bytes a, Bytes b, Arena* arena) {
  const BitmapView left(a);
  const BitmapView right(b);
  const OutputBound bound = BoundCombined(operation, left, right);
  auto* out = static_cast<std::byte*>(arena->allocate(bound.Total(), 1));
  const Bytes result = {out, WriteCombined(operation, left, right, bound, out)};
  return BitmapView(result).empty() ? Bytes() : result;
}

Bytes FillBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena) {
  return Changed(bytes, arena,
                 [=](roaring_bitmap_t* raw) { roaring_bitmap_add_range_closed(raw, first, last); });
}

Bytes ClearBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena) {
  return Changed(bytes, arena, [=](roaring_bitmap_t* raw) {
    roaring_bitmap_remove_range_closed(raw, first, last);
  });
}

Bytes FlipBucket(Bytes bytes, std::uint32_t first, std::uint32_t last, Arena* arena) {
  return Changed(bytes, arena, [=](roaring_bitmap_t* raw) {
    roaring_bitmap_flip_inplace_closed(raw, first, last);
  });
}

Bytes ShiftBucket(Bytes bytes, std::int64_t distance, Arena* arena) {
  Draft draft(bytes);
  draft.Replace(
      [distance](const roaring_bitmap_t* raw) { return roaring_bitmap_add_offset(raw, distance); });
  return draft.Write(arena);
}

Bytes AddToBucket(Bytes bytes, std::uint32_t value, Arena* arena) {
  const SingleValue single(value);
  return CombineBuckets(SetOperation::kOr, bytes.empty() ? single.bytes() : bytes, single.bytes(),
                        arena);
}

Bytes RemoveFromBucket(Bytes bytes, std::uint32_t value, Arena* arena) {
  return CombineBuckets(SetOperation::kAndNot, bytes, SingleValue(value).bytes(), arena);
}

Bytes CompactBucket(Bytes bytes, Arena* arena) {
  return Changed(bytes, arena, [](roaring_bitmap_t* raw) { roaring_bitmap_run_optimize(raw); });
}

}  // namespace cdp::bitmap
