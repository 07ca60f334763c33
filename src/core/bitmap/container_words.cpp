#include "core/bitmap/container_words.h"

namespace cdp::bitmap {

void SetBits(Words* words, const Container& container) {
  switch (container.kind) {
    case ContainerKind::kArray:
      for (std::uint32_t i = 0; i < container.cardinality; ++i) {
        const std::uint32_t value = container.Value(i);
        (*words)[value >> 6] |= std::uint64_t{1} << (value & 63);
      }
      break;
    case ContainerKind::kBitset:
      CombineBits(SetOperation::kOr, BytesOf(*words), container.data, BytesOf(words));
      break;
    case ContainerKind::kRun:
      for (std::uint32_t i = 0; i < container.runs; ++i) {
        SetBits(words, container.RunStart(i), CheckedRunLast(container, i));
      }
      break;
  }
}

}  // namespace cdp::bitmap
