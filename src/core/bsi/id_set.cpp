#include "core/bsi/id_set.h"

#include <vector>

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
  std::pmr::vector<std::uint32_t> values(view.Cardinality(), memory);
  view.Decode(values.data());
  *this = IdSet(std::span<const std::uint32_t>(values), memory);
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
