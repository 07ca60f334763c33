/// What all forms of the kernels share: their tables, and the loops over single values that finish
/// what vectors leave over.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/bitmap/kernels.h"

namespace cdp::bitmap {

extern const Kernels kPortableKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;

namespace avx2 {  // what AVX-512 has nothing better for
std::uint32_t CountCommonValues(ArrayValues a, ArrayValues b);
bool HaveCommonValue(ArrayValues a, ArrayValues b);
std::uint32_t Intersect(ArrayValues a, ArrayValues b, std::byte* out);
std::uint32_t Subtract(ArrayValues a, ArrayValues b, std::byte* out);
void LowsToValues(ArrayValues lows, std::uint32_t high, std::uint32_t* out);
}  // namespace avx2
#endif

inline std::byte* PlaceOf(std::byte* values, std::uint32_t i) {
  return values + 2 * std::size_t{i};
}

/// Compares value by value, without branches on the order, which nothing predicts.
template <bool kStopAtFirst>
std::uint32_t MergeCount(ArrayValues a, ArrayValues b) {
  std::uint32_t common = 0;
  std::uint32_t i = 0;
  std::uint32_t k = 0;
  while (i < a.count && k < b.count) {
    const std::uint16_t left = a.Value(i);
    const std::uint16_t right = b.Value(k);
    common += left == right;
    if (kStopAtFirst && common != 0) break;
    i += left <= right;
    k += right <= left;
  }
  return common;
}

/// Copies values and returns where they end.
inline std::byte* CopyLows(ArrayValues lows, std::byte* out) {
  const std::size_t bytes = 2 * std::size_t{lows.count};
  if (bytes != 0) std::memcpy(out, lows.data, bytes);
  return out + bytes;
}

/// Combines two arrays value by value; returns where the result ends.
template <SetOperation kOperation>
std::byte* MergeInto(ArrayValues a, ArrayValues b, std::byte* out) {
  std::uint32_t i = 0;
  std::uint32_t k = 0;
  while (i < a.count && k < b.count) {
    const std::uint16_t left = a.Value(i);
    const std::uint16_t right = b.Value(k);
    bool keep = true;
    if constexpr (kOperation == SetOperation::kAnd) keep = left == right;
    if constexpr (kOperation == SetOperation::kXor) keep = left != right;
    if constexpr (kOperation == SetOperation::kAndNot) keep = left < right;
    StoreAt(out, std::min(left, right));
    out += keep ? 2 : 0;
    i += left <= right;
    k += right <= left;
  }
  if constexpr (kOperation != SetOperation::kAnd) out = CopyLows(a.From(i), out);
  if constexpr (kOperation == SetOperation::kOr || kOperation == SetOperation::kXor) {
    out = CopyLows(b.From(k), out);
  }
  return out;
}

/// The first place, from `from` on, whose value is not below `value`: steps that double, then
/// halves.
inline std::uint32_t Gallop(ArrayValues lows, std::uint32_t from, std::uint16_t value) {
  std::uint32_t step = 1;
  std::uint32_t end = from;
  while (end < lows.count && lows.Value(end) < value) {
    from = end + 1;
    end = from + step;
    step *= 2;
  }
  end = std::min(end, lows.count);
  while (from < end) {
    const std::uint32_t middle = from + (end - from) / 2;
    if (lows.Value(middle) < value) {
      from = middle + 1;
    } else {
      end = middle;
    }
  }
  return from;
}

/// A long array with a few values added, taken away or both (kOr, kAndNot, kXor): what lies between
/// them is copied in stretches. Returns where the result ends.
template <SetOperation kOperation>
std::byte* ChangeFew(ArrayValues many, ArrayValues few, std::byte* out) {
  std::uint32_t at = 0;
  for (std::uint32_t i = 0; i < few.count; ++i) {
    const std::uint16_t value = few.Value(i);
    const std::uint32_t place = Gallop(many, at, value);
    out = CopyLows({many.data + 2 * std::size_t{at}, place - at}, out);
    const bool is_there = place < many.count && many.Value(place) == value;
    const bool keep =
        kOperation == SetOperation::kOr || (kOperation == SetOperation::kXor && !is_there);
    if (keep) {
      StoreAt(out, value);
      out += 2;
    }
    at = place + is_there;
  }
  return CopyLows(many.From(at), out);
}

/// Combines what is left of a long and a short array, for kOr and kXor.
template <SetOperation kOperation>
std::byte* FinishWith(ArrayValues few, ArrayValues many, std::byte* out) {
  constexpr std::uint32_t kFarLonger = 16;
  if (many.count / kFarLonger > few.count) return ChangeFew<kOperation>(many, few, out);
  return MergeInto<kOperation>(few, many, out);
}

/// The end of a merge by blocks. `pending` holds the block written last and the one still to be
/// written, each ascending with a value once or twice; a and b are what is left of the operands,
/// less than a block of one of them. `begin` and `end` delimit what has been written.
template <SetOperation kOperation>
std::byte* FinishMerge(std::uint16_t* pending, std::uint32_t block, ArrayValues a, ArrayValues b,
                       std::byte* begin, std::byte* end) {
  constexpr bool kIsXor = kOperation == SetOperation::kXor;
  constexpr std::uint32_t kMaxBlock = 32;
  // The last value written can come once more; for kXor it has not been written yet.
  if (!kIsXor && end != begin) end -= 2;
  std::uint32_t from = block - 1;
  if (kIsXor && pending[from] == pending[from - 1]) ++from;
  std::uint32_t count = 0;
  std::uint16_t single[kMaxBlock + 1];
  for (std::uint32_t i = from; i < 2 * block; ++i) {
    if (count != 0 && single[count - 1] == pending[i]) {
      count -= kIsXor;
    } else {
      single[count++] = pending[i];
    }
  }
  const ArrayValues left = {reinterpret_cast<const std::byte*>(single), count};
  const bool a_is_short = a.count < b.count;
  const ArrayValues few = a_is_short ? a : b;
  std::byte merged[2 * (2 * kMaxBlock + 1)];
  const std::byte* merged_end = MergeInto<kOperation>(left, few, merged);
  return FinishWith<kOperation>({merged, static_cast<std::uint32_t>((merged_end - merged) / 2)},
                                a_is_short ? b : a, end);
}

/// Writes the set bits of words `from` and on as values of any width.
template <class Value>
Value* WriteSetBits(const std::byte* bits, std::size_t from, Value high, Value* out) {
  for (std::size_t i = from; i < kBitsetWords; ++i) {
    const Value base = high | static_cast<Value>(i << 6);
    for (auto word = LoadAt<std::uint64_t>(bits + 8 * i); word != 0; word &= word - 1) {
      *out++ = base | static_cast<Value>(std::countr_zero(word));
    }
  }
  return out;
}

}  // namespace cdp::bitmap
