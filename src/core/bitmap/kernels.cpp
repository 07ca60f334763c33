#include "core/bitmap/kernels.h"

#include "core/bitmap/kernels_scalar.h"

namespace cdp::bitmap {
namespace {

// From this ratio of lengths on, each value of the shorter array is searched in the longer one.
constexpr std::uint32_t kSearchRatio = 32;
// With fewer bits than this, most words are empty and looking for the next set bit is faster.
constexpr std::uint32_t kFewBits = 512;

const Kernels* TableOf(Simd simd) {
#if defined(__x86_64__)
  if (simd == Simd::kAvx512) return &kAvx512Kernels;
  if (simd == Simd::kAvx2) return &kAvx2Kernels;
#endif
  static_cast<void>(simd);
  return &kPortableKernels;
}

std::uint32_t IntersectFew(ArrayValues few, ArrayValues many, std::byte* out) {
  std::uint32_t at = 0;
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < few.count; ++i) {
    const std::uint16_t value = few.Value(i);
    at = Gallop(many, at, value);
    if (at == many.count) break;
    StoreAt(PlaceOf(out, count), value);
    count += many.Value(at) == value;
  }
  return count;
}

std::uint32_t SubtractMany(ArrayValues few, ArrayValues many, std::byte* out) {
  std::uint32_t at = 0;
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < few.count; ++i) {
    const std::uint16_t value = few.Value(i);
    at = Gallop(many, at, value);
    StoreAt(PlaceOf(out, count), value);
    count += at == many.count || many.Value(at) != value;
  }
  return count;
}

// `few` is much shorter than `many`; `few_first` says which of them is the left operand.
std::uint32_t CombineWithFew(SetOperation operation, ArrayValues few, ArrayValues many,
                             bool few_first, std::byte* out) {
  const auto counted = [out](const std::byte* end) {
    return static_cast<std::uint32_t>((end - out) / 2);
  };
  switch (operation) {
    case SetOperation::kAnd:
      return IntersectFew(few, many, out);
    case SetOperation::kOr:
      return counted(ChangeFew<SetOperation::kOr>(many, few, out));
    case SetOperation::kXor:
      return counted(ChangeFew<SetOperation::kXor>(many, few, out));
    case SetOperation::kAndNot:
      if (few_first) return SubtractMany(few, many, out);
      return counted(ChangeFew<SetOperation::kAndNot>(many, few, out));
  }
  return 0;
}

}  // namespace

Simd BestSimd() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("sse4.2") &&
                        __builtin_cpu_supports("avx2");
  const bool has_avx512 =
      has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2") &&
      __builtin_cpu_supports("avx512vpopcntdq");
  if (has_avx512) return Simd::kAvx512;
  if (has_avx2) return Simd::kAvx2;
#endif
  return Simd::kPortable;
}

const Kernels* kernels = TableOf(BestSimd());

void UseSimd(Simd simd) { kernels = TableOf(simd); }

std::uint32_t CombineValues(SetOperation operation, ArrayValues a, ArrayValues b, std::byte* out) {
  std::uint32_t count = 0;
  if (a.count / kSearchRatio > b.count) {
    count = CombineWithFew(operation, b, a, false, out);
  } else if (b.count / kSearchRatio > a.count) {
    count = CombineWithFew(operation, a, b, true, out);
  } else {
    count = kernels->combine_values[static_cast<std::size_t>(operation)](a, b, out);
  }
  if (count > MostCombined(operation, a, b)) MalformedBitmap();
  return count;
}

void BitsToLows(const std::byte* bits, std::uint32_t count, std::byte* out) {
  (count < kFewBits ? kPortableKernels : *kernels).bits_to_lows(bits, out);
}

}  // namespace cdp::bitmap
