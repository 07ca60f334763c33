/// Two containers with the same key made one, without decoding them.
#pragma once

#include "core/bitmap/bitmap_output.h"
#include "core/bitmap/container_draft.h"

namespace cdp::bitmap {

/// The most bytes that the result takes.
std::size_t CombinedBytes(SetOperation operation, const Container& a, const Container& b);
/// Whether the result is written as runs if those are smallest. As in other implementations, only
/// runs bring forth runs, and a bitset next to them ends that.
bool MayBecomeRuns(SetOperation operation, const Container& a, const Container& b);

/// At 40 KB of working space, one serves all containers of an operation.
class ContainerCombiner {
 public:
  /// Writes the result, if it is not empty.
  void Combine(SetOperation operation, const Container& a, const Container& b, BitmapOutput* out);

  /// The result, written to `room` unless it is one of the operands; its cardinality is 0 when it
  /// is empty. `room` has CombinedBytes() and kKernelSlop more.
  Container Combine(SetOperation operation, const Container& a, const Container& b,
                    std::byte* room);

 private:
  Container CombineArrays(SetOperation operation, const Container& a, const Container& b,
                          std::byte* room);
  Container ChangeBitset(SetOperation operation, const Container& bitset, const Container& array,
                         std::byte* room);
  Container CombineRuns(SetOperation operation, const Container& a, const Container& b,
                        std::byte* room);
  Container Finish(std::uint32_t high, std::byte* bits, std::uint32_t count);

  Words words_;
  ContainerDraft draft_;
};

}  // namespace cdp::bitmap
