#include "core/bsi/id_set.h"

#include <cstring>

#include "core/bitmap/bitmap_parts.h"
#include "core/bitmap/bitmap_writer.h"

namespace cdp::bsi {

IdSet::IdSet(std::pmr::memory_resource* memory) : IdSet(std::span<const std::uint32_t>(), memory) {}

IdSet::IdSet(std::span<const std::uint32_t> ids, std::pmr::memory_resource* memory)
    : IdSet(memory, Unfilled()) {
  const bitmap::PortableWriter writer(ids);
  Allocate(writer.size());
  writer.Write(data_);
  size_ = writer.size();
}

IdSet::IdSet(Bytes ids, std::pmr::memory_resource* memory) : IdSet(memory, Unfilled()) {
  const BitmapView view(ids);
  if (bitmap::LoadAt<std::uint32_t>(ids.data()) == bitmap::kCookieWithoutRuns) {
    Allocate(ids.size());
    std::memcpy(data_, ids.data(), ids.size());
    size_ = ids.size();
    return;
  }
  bitmap::BitmapParts parts(memory);
  bitmap::ContainerDraft draft;
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    const bitmap::Container container = view.At(i);
    if (container.kind == bitmap::ContainerKind::kRun) {
      draft.Clear();
      draft.Append(container);
      parts.Add(view.Key(i), &draft, false);
    } else {
      parts.Keep(container);
    }
  }
  Allocate(parts.size());
  parts.Write(data_);
  size_ = parts.size();
}

IdSet::IdSet(SetOperation operation, const BitmapView& a, const BitmapView& b,
             std::pmr::memory_resource* memory)
    : IdSet(memory, Unfilled()) {
  const bitmap::OutputBound bound = bitmap::BoundCombined(operation, a, b);
  Allocate(bound.Total());
  size_ = bitmap::WriteCombined(operation, a, b, bound, data_);
}

IdSet::~IdSet() {
  if (data_ != nullptr) memory_->deallocate(data_, room_, alignof(std::uint64_t));
}

void IdSet::Allocate(std::size_t room) {
  data_ = static_cast<std::byte*>(memory_->allocate(room, alignof(std::uint64_t)));
  room_ = room;
}

}  // namespace cdp::bsi
