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

 private:
  void CombineArrays(SetOperation operation, const Container& a, const Container& b,
                     BitmapOutput* out);
  void ChangeBitset(SetOperation operation, const Container& bitset, const Container& array,
                    BitmapOutput* out);
  void CombineRuns(SetOperation operation, const Container& a, const Container& b,
                   BitmapOutput* out);
  void Finish(std::uint32_t key, std::byte* bits, std::uint32_t count, BitmapOutput* out);

  Words words_;
  ContainerDraft draft_;
};

}  // namespace cdp::bitmap
