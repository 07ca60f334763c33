#include "core/bitmap/container_check.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "core/bitmap/kernels.h"

namespace cdp::bitmap {
namespace {

bool Ascends(const Container& array) {
  std::uint32_t i = 1;
#if defined(__SSE2__)
  // Eight neighbours at once: a saturated difference of zero is a value not above the one before.
  __m128i wrong = _mm_setzero_si128();
  for (; i + 8 <= array.cardinality; i += 8) {
    const auto load = [&array](std::uint32_t at) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(array.data + 2 * at));
    };
    const __m128i above = _mm_subs_epu16(load(i), load(i - 1));
    wrong = _mm_or_si128(wrong, _mm_cmpeq_epi16(above, _mm_setzero_si128()));
  }
  if (_mm_movemask_epi8(wrong) != 0) return false;
#endif
  for (; i < array.cardinality; ++i) {
    if (array.Value(i) <= array.Value(i - 1)) return false;
  }
  return true;
}

bool RunsAscend(const Container& container) {
  std::uint64_t next = 0;
  std::uint64_t cardinality = 0;
  for (std::uint32_t i = 0; i < container.runs; ++i) {
    const std::uint32_t first = container.RunStart(i);
    const std::uint32_t last = container.RunLast(i);
    if (first < next || last > 0xffff) return false;
    next = last + 1;
    cardinality += next - first;
  }
  return cardinality == container.cardinality;
}

}  // namespace

bool IsRight(const Container& container) {
  switch (container.kind) {
    case ContainerKind::kArray:
      return Ascends(container);
    case ContainerKind::kBitset:
      return CountBits(container.data) == container.cardinality;
    case ContainerKind::kRun:
      return RunsAscend(container);
  }
  return false;
}

}  // namespace cdp::bitmap
