/// Portable bytes put together from containers, most of them taken over as they are.
#pragma once

#include <memory_resource>
#include <vector>

#include "core/bitmap/container_draft.h"
#include "core/bitmap/portable_frame.h"

namespace cdp::bitmap {

/// Collects the containers of a result in ascending order. What it keeps of a view is not copied
/// before Write, so the view's bytes must outlive it.
class BitmapParts {
 public:
  explicit BitmapParts(std::pmr::memory_resource* memory) : memory_(memory), parts_(memory) {}
  BitmapParts(const BitmapParts&) = delete;
  BitmapParts& operator=(const BitmapParts&) = delete;
  ~BitmapParts();

  /// A container as it stands, under its own key or another.
  void Keep(const Container& container) { Keep(container, container.high >> 16); }
  void Keep(const Container& container, std::uint32_t key);
  /// Containers `from` to `end` of a view.
  void Keep(const BitmapView& view, std::uint32_t from, std::uint32_t end);
  /// All 65536 values under a key.
  void AddFull(std::uint32_t key);
  /// What the draft holds; nothing when that is empty.
  void Add(std::uint32_t key, ContainerDraft* draft, bool runs_allowed);

  std::uint64_t Cardinality() const;
  std::size_t size() const { return frame_.size(); }
  /// Writes size() bytes.
  void Write(std::byte* out) const;

 private:
  struct Part {
    const std::byte* data;
    std::uint32_t bytes;
    std::uint32_t cardinality;
    std::uint16_t key;
    bool is_run;
    bool is_owned;
  };
  void Push(const Part& part);

  std::pmr::memory_resource* memory_;
  std::pmr::vector<Part> parts_;
  PortableFrame frame_;
};

}  // namespace cdp::bitmap
