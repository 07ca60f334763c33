/// Portable bytes written in one pass, container after container, where the result will stay.
#pragma once

#include "core/bitmap/bitmap_view.h"

namespace cdp::bitmap {

/// What a result takes at most. `containers` and `any_run` should be what will come true: then
/// nothing needs to be moved in the end.
struct OutputBound {
  std::uint32_t containers = 0;
  bool any_run = false;
  std::size_t data_bytes = 0;

  /// For the whole of it, working space included.
  std::size_t Total() const;
};

/// Takes containers in ascending order.
class BitmapOutput {
 public:
  /// Writes to `out`, which has `bound.Total()` bytes.
  BitmapOutput(std::byte* out, const OutputBound& bound);
  BitmapOutput(const BitmapOutput&) = delete;
  BitmapOutput& operator=(const BitmapOutput&) = delete;

  /// A container as it stands in another bitmap. Neighbours there are copied in one stretch, so
  /// their bytes must stay until Finish.
  void Keep(const Container& container);

  /// Where the next container is to be written: `bytes` and kKernelSlop more. Raises an error when
  /// the bound has not so many left, which only corrupt operands bring about.
  std::byte* Room(std::size_t bytes);
  /// What has been written there. Nothing, when the cardinality is 0.
  void Add(std::uint32_t key, ContainerKind kind, std::uint32_t cardinality, std::size_t bytes);

  /// Completes the header and returns the size of the bitmap.
  std::size_t Finish();

 private:
  void Register(std::uint32_t key, bool is_run, std::uint32_t cardinality);
  void CopyStretch();
  void WriteOffsets(std::byte* offsets, std::size_t first) const;

  std::byte* out_;
  OutputBound bound_;
  std::byte* keys_;
  std::byte* data_;  // where the containers begin
  std::byte* at_;    // where the next one does
  const std::byte* end_;
  std::uint32_t containers_ = 0;
  bool any_run_ = false;
  const std::byte* stretch_ = nullptr;  // kept containers that have not been copied
  std::size_t stretch_bytes_ = 0;
};

}  // namespace cdp::bitmap
