#include "core/bitmap/bitmap_range.h"

#include <algorithm>

#include "core/base/stop.h"
#include "core/bitmap/bitmap_rank.h"

namespace cdp::bitmap {
namespace {

constexpr std::int64_t kAllValues = std::int64_t{1} << 32;

// The part of a range under one key.
struct Stretch {
  std::uint32_t key;
  std::uint32_t first;
  std::uint32_t last;
  bool whole() const { return first == 0 && last == 0xffff; }
};

std::uint32_t FirstKey(ValueRange range) { return static_cast<std::uint32_t>(range.start >> 16); }
std::uint32_t LastKey(ValueRange range) {
  return static_cast<std::uint32_t>((range.end - 1) >> 16);
}

Stretch StretchOf(ValueRange range, std::uint32_t key) {
  const auto first = static_cast<std::uint32_t>(range.start & 0xffff);
  const auto last = static_cast<std::uint32_t>((range.end - 1) & 0xffff);
  return {key, key == FirstKey(range) ? first : 0, key == LastKey(range) ? last : 0xffff};
}

// Keeps what lies outside the range and calls `body(stretch, container or null)` for every key in
// it, even where the bitmap has no container.
template <class Body>
void ChangeEveryKey(const BitmapView& view, ValueRange range, BitmapParts* result, Body body) {
  if (range.empty()) return result->Keep(view, 0, view.containers());
  std::uint32_t i = view.Find(FirstKey(range));
  result->Keep(view, 0, i);
  StopTicker ticker;
  for (std::uint32_t key = FirstKey(range); key <= LastKey(range); ++key) {
    if (i < view.containers() && view.Key(i) == key) {
      const Container container = view.At(i++);
      body(StretchOf(range, key), &container);
    } else {
      body(StretchOf(range, key), static_cast<const Container*>(nullptr));
    }
    ticker.Step(256);
  }
  result->Keep(view, i, view.containers());
}

bool IsRun(const Container& container) { return container.kind == ContainerKind::kRun; }

}  // namespace

ValueRange Clamped(std::int64_t start, std::int64_t end) {
  return {static_cast<std::uint64_t>(std::clamp<std::int64_t>(start, 0, kAllValues)),
          static_cast<std::uint64_t>(std::clamp<std::int64_t>(end, 0, kAllValues))};
}

void Fill(const BitmapView& view, ValueRange range, BitmapParts* result) {
  ContainerDraft draft;
  ChangeEveryKey(view, range, result, [&](const Stretch& stretch, const Container* container) {
    if (stretch.whole()) return result->AddFull(stretch.key);
    draft.Clear();
    if (container != nullptr && stretch.first != 0) {
      draft.Append(*container, 0, stretch.first - 1);
    }
    draft.Append(stretch.first, stretch.last);
    if (container != nullptr && stretch.last != 0xffff) {
      draft.Append(*container, stretch.last + 1, 0xffff);
    }
    result->Add(stretch.key, &draft, true);
  });
}

void Flip(const BitmapView& view, ValueRange range, BitmapParts* result) {
  ContainerDraft draft;
  ChangeEveryKey(view, range, result, [&](const Stretch& stretch, const Container* container) {
    if (container == nullptr && stretch.whole()) return result->AddFull(stretch.key);
    draft.Clear();
    if (container == nullptr) {
      draft.Append(stretch.first, stretch.last);
    } else {
      draft.Append(*container);
      draft.Flip(stretch.first, stretch.last);
    }
    result->Add(stretch.key, &draft, true);
  });
}

void Clear(const BitmapView& view, ValueRange range, BitmapParts* result) {
  if (range.empty()) return result->Keep(view, 0, view.containers());
  ContainerDraft draft;
  std::uint32_t i = view.Find(FirstKey(range));
  result->Keep(view, 0, i);
  for (; i < view.containers() && view.Key(i) <= LastKey(range); ++i) {
    const Stretch stretch = StretchOf(range, view.Key(i));
    if (stretch.whole()) continue;
    const Container container = view.At(i);
    draft.Clear();
    if (stretch.first != 0) draft.Append(container, 0, stretch.first - 1);
    if (stretch.last != 0xffff) draft.Append(container, stretch.last + 1, 0xffff);
    result->Add(stretch.key, &draft, IsRun(container));
  }
  result->Keep(view, i, view.containers());
}

void Restrict(const BitmapView& view, ValueRange range, BitmapParts* result) {
  if (range.empty()) return;
  ContainerDraft draft;
  StopTicker ticker;
  for (std::uint32_t i = view.Find(FirstKey(range));
       i < view.containers() && view.Key(i) <= LastKey(range); ++i) {
    const Stretch stretch = StretchOf(range, view.Key(i));
    const Container container = view.At(i);
    if (stretch.whole()) {
      result->Keep(container);
    } else {
      draft.Clear();
      draft.Append(container, stretch.first, stretch.last);
      result->Add(stretch.key, &draft, IsRun(container));
    }
    ticker.Step(16);
  }
}

std::uint64_t Cardinality(const BitmapView& view, ValueRange range) {
  if (range.empty()) return 0;
  const std::uint64_t before = CountBelow(view, range.start);
  // A corrupt bitmap may count backwards.
  return std::max(CountBelow(view, range.end), before) - before;
}

ValueRange Page(const BitmapView& view, ValueRange range, std::int64_t limit, std::int64_t offset,
                bool from_greatest) {
  constexpr ValueRange kNothing = {0, 0};
  const std::uint64_t total = Cardinality(view, range);
  const std::uint64_t skip = offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
  if (limit <= 0 || skip >= total) return kNothing;
  const std::uint64_t count = std::min(static_cast<std::uint64_t>(limit), total - skip);
  const std::uint64_t first =
      CountBelow(view, range.start) + (from_greatest ? total - skip - count : skip);
  return {ValueAt(view, first), ValueAt(view, first + count - 1) + std::uint64_t{1}};
}

}  // namespace cdp::bitmap
