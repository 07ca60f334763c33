/// The loops that most of the time goes into, in the best form the processor has. They read
/// containers at any address and stay inside them, whatever they hold.
#pragma once

#include "core/bitmap/format.h"

namespace cdp::bitmap {

enum class SetOperation : std::uint8_t { kAnd, kOr, kXor, kAndNot };

/// 16-bit values in place; ascending and without duplicates unless they are corrupt.
struct ArrayValues {
  const std::byte* data;
  std::uint32_t count;

  std::uint16_t Value(std::uint32_t i) const {
    return LoadAt<std::uint16_t>(data + 2 * std::size_t{i});
  }
  ArrayValues From(std::uint32_t i) const { return {data + 2 * std::size_t{i}, count - i}; }
};

/// What kernels that write 16-bit values may touch beyond the last of them.
inline constexpr std::size_t kKernelSlop = 64;

struct Kernels {
  std::uint32_t (*count_common_bits)(const std::byte* a, const std::byte* b);
  /// By operation: the bits of two bitsets together. Returns how many are set.
  std::uint32_t (*combine_bits[4])(const std::byte* a, const std::byte* b, std::byte* out);
  std::uint32_t (*count_common_values)(ArrayValues a, ArrayValues b);
  bool (*have_common_value)(ArrayValues a, ArrayValues b);
  /// By operation: two arrays together. Returns how many values there are; one more than there can
  /// be when the arrays are corrupt.
  std::uint32_t (*combine_values[4])(ArrayValues a, ArrayValues b, std::byte* out);
  void (*bits_to_lows)(const std::byte* bits, std::byte* out);
  /// Exactly `count` values, which must be how many bits are set.
  void (*bits_to_values)(const std::byte* bits, std::uint32_t high, std::uint32_t count,
                         std::uint32_t* out);
  void (*bits_to_big_values)(const std::byte* bits, std::uint64_t high, std::uint32_t count,
                             std::uint64_t* out);
  void (*lows_to_values)(ArrayValues lows, std::uint32_t high, std::uint32_t* out);
};

/// The forms of the kernels. AVX2 includes SSE4.2 and popcnt; AVX-512 what Ice Lake brought.
enum class Simd : std::uint8_t { kPortable, kAvx2, kAvx512 };

/// The best one that the processor has.
Simd BestSimd();
/// Makes all kernels those of one form, which must not be beyond the best: for tests.
void UseSimd(Simd simd);

/// The form in use.
extern const Kernels* kernels;

/// Bits set in both of two bitset containers.
inline std::uint32_t CountCommonBits(const std::byte* a, const std::byte* b) {
  return kernels->count_common_bits(a, b);
}
inline std::uint32_t CountBits(const std::byte* bits) { return CountCommonBits(bits, bits); }

/// Writes a bitset container, which may be one of the operands, and returns its cardinality.
inline std::uint32_t CombineBits(SetOperation operation, const std::byte* a, const std::byte* b,
                                 std::byte* out) {
  return kernels->combine_bits[static_cast<std::size_t>(operation)](a, b, out);
}

/// Values in both of two arrays.
inline std::uint32_t CountCommonValues(ArrayValues a, ArrayValues b) {
  return kernels->count_common_values(a, b);
}
/// Whether there is one; ends at it.
inline bool HaveCommonValue(ArrayValues a, ArrayValues b) {
  return kernels->have_common_value(a, b);
}

/// The most values that two arrays can give.
inline std::uint32_t MostCombined(SetOperation operation, ArrayValues a, ArrayValues b) {
  switch (operation) {
    case SetOperation::kAnd:
      return a.count < b.count ? a.count : b.count;
    case SetOperation::kAndNot:
      return a.count;
    default:
      return a.count + b.count;
  }
}

/// Writes an array of at most MostCombined() values and returns how many; kKernelSlop bytes after
/// them may be overwritten. The operands lie elsewhere.
std::uint32_t CombineValues(SetOperation operation, ArrayValues a, ArrayValues b, std::byte* out);

/// Writes the set bits of a bitset, `count` of them, as 16-bit values; kKernelSlop bytes after them
/// may be overwritten.
void BitsToLows(const std::byte* bits, std::uint32_t count, std::byte* out);

/// The values of containers under their high bits. `count` is how many bits are set.
inline void BitsToValues(const std::byte* bits, std::uint32_t high, std::uint32_t count,
                         std::uint32_t* out) {
  kernels->bits_to_values(bits, high, count, out);
}
inline void BitsToValues(const std::byte* bits, std::uint64_t high, std::uint32_t count,
                         std::uint64_t* out) {
  kernels->bits_to_big_values(bits, high, count, out);
}
inline void LowsToValues(ArrayValues lows, std::uint32_t high, std::uint32_t* out) {
  kernels->lows_to_values(lows, high, out);
}

}  // namespace cdp::bitmap
