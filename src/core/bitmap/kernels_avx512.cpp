/// Kernels for processors with AVX-512 as of Ice Lake. Arrays are merged in blocks of 32 values;
/// where they are only compared, blocks of eight do as well.

#if defined(__x86_64__)

// GCC 12 takes the intrinsics' "any value" for a value that somebody forgot.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <immintrin.h>

#include <array>

#include "core/bitmap/kernels_scalar.h"

#define CDP_AVX512 \
  [[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx512vpopcntdq,avx2,sse4.2,popcnt,bmi")]]

namespace cdp::bitmap {
namespace {

constexpr std::uint32_t kBlock = 32;

CDP_AVX512 __m512i LoadBlock(const std::byte* at) { return _mm512_loadu_si512(at); }

CDP_AVX512 std::uint32_t SumLanes(__m512i count) {
  return static_cast<std::uint32_t>(_mm512_reduce_add_epi64(count));
}

CDP_AVX512 std::uint32_t CountCommon(const std::byte* a, const std::byte* b) {
  __m512i count = _mm512_setzero_si512();
  for (std::size_t i = 0; i < kBitsetBytes; i += sizeof(__m512i)) {
    const __m512i common = _mm512_and_si512(LoadBlock(a + i), LoadBlock(b + i));
    count = _mm512_add_epi64(count, _mm512_popcnt_epi64(common));
  }
  return SumLanes(count);
}

template <SetOperation kOperation>
CDP_AVX512 std::uint32_t Combine(const std::byte* a, const std::byte* b, std::byte* out) {
  __m512i count = _mm512_setzero_si512();
  for (std::size_t i = 0; i < kBitsetBytes; i += sizeof(__m512i)) {
    const __m512i x = LoadBlock(a + i);
    const __m512i y = LoadBlock(b + i);
    __m512i bits;
    if constexpr (kOperation == SetOperation::kAnd) bits = _mm512_and_si512(x, y);
    if constexpr (kOperation == SetOperation::kOr) bits = _mm512_or_si512(x, y);
    if constexpr (kOperation == SetOperation::kXor) bits = _mm512_xor_si512(x, y);
    if constexpr (kOperation == SetOperation::kAndNot) bits = _mm512_andnot_si512(y, x);
    _mm512_storeu_si512(out + i, bits);
    count = _mm512_add_epi64(count, _mm512_popcnt_epi64(bits));
  }
  return SumLanes(count);
}

// Stores the lanes in the mask, and whatever after them; returns where they end.
CDP_AVX512 std::byte* StoreLanes(__m512i block, __mmask32 lanes, std::byte* out) {
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi16(lanes, block));
  return PlaceOf(out, static_cast<std::uint32_t>(_mm_popcnt_u32(lanes)));
}

// 0, 1 ... 31.
CDP_AVX512 __m512i LaneNumbers() {
  alignas(64) static constexpr std::array<std::uint16_t, kBlock> kNumbers = {
      0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
      16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
  return _mm512_load_si512(kNumbers.data());
}

CDP_AVX512 __m512i Sorted(__m512i block, __m512i other, __mmask32 upper) {
  return _mm512_mask_max_epu16(_mm512_min_epu16(block, other), upper, block, other);
}

// Sorts a block that ascends and then descends, or the other way round.
CDP_AVX512 __m512i SortBitonic(__m512i block) {
  block = Sorted(block, _mm512_shuffle_i64x2(block, block, 0x4e), 0xffff0000);
  block = Sorted(block, _mm512_shuffle_i64x2(block, block, 0xb1), 0xff00ff00);
  block = Sorted(block, _mm512_shuffle_epi32(block, _MM_PERM_BADC), 0xf0f0f0f0);
  block = Sorted(block, _mm512_shuffle_epi32(block, _MM_PERM_CDAB), 0xcccccccc);
  return Sorted(block, _mm512_rol_epi32(block, 16), 0xaaaaaaaa);
}

// The lower half of two ascending blocks into one, the upper half into the other.
CDP_AVX512 void MergeBlocks(__m512i* lower, __m512i* upper) {
  const __m512i reverse = _mm512_sub_epi16(_mm512_set1_epi16(kBlock - 1), LaneNumbers());
  const __m512i turned = _mm512_permutexvar_epi16(reverse, *upper);
  const __m512i low = _mm512_min_epu16(*lower, turned);
  const __m512i high = _mm512_max_epu16(*lower, turned);
  *lower = SortBitonic(low);
  *upper = SortBitonic(high);
}

// The block moved up by some lanes, the last ones of the block before coming in.
CDP_AVX512 __m512i Shifted(__m512i before, __m512i block, short lanes) {
  // Indices below 32 mean the block before.
  const __m512i from =
      _mm512_add_epi16(LaneNumbers(), _mm512_set1_epi16(static_cast<short>(kBlock - lanes)));
  return _mm512_permutex2var_epi16(before, from, block);
}

// Stores what is to stay of an ascending block, where a value stands once or twice. For kOr each is
// stored once. For kXor those that stand once: that is known of all but the last, so the last value
// before takes part and the last of this block waits.
template <SetOperation kOperation>
CDP_AVX512 std::byte* StoreMerged(__m512i before, __m512i block, std::byte* out) {
  const __m512i shifted = Shifted(before, block, 1);
  const __mmask32 differs = _mm512_cmpneq_epi16_mask(shifted, block);
  if constexpr (kOperation == SetOperation::kOr) return StoreLanes(block, differs, out);
  return StoreLanes(shifted, differs & _mm512_cmpneq_epi16_mask(shifted, Shifted(before, block, 2)),
                    out);
}

template <SetOperation kOperation>
CDP_AVX512 std::uint32_t MergeAll(ArrayValues a, ArrayValues b, std::byte* out) {
  if (a.count < kBlock || b.count < kBlock) {
    return kAvx2Kernels.combine_values[static_cast<std::size_t>(kOperation)](a, b, out);
  }
  __m512i lower = LoadBlock(a.data);
  __m512i upper = LoadBlock(b.data);
  std::uint32_t i = kBlock;
  std::uint32_t k = kBlock;
  MergeBlocks(&lower, &upper);
  // No block of ascending values begins with this one.
  std::byte* end = StoreMerged<kOperation>(_mm512_set1_epi16(-1), lower, out);
  __m512i before = lower;
  while (i + kBlock <= a.count && k + kBlock <= b.count) {
    const bool take_a = a.Value(i) <= b.Value(k);
    lower = LoadBlock(take_a ? a.data + 2 * std::size_t{i} : b.data + 2 * std::size_t{k});
    i += take_a ? kBlock : 0;
    k += take_a ? 0 : kBlock;
    MergeBlocks(&lower, &upper);
    end = StoreMerged<kOperation>(before, lower, end);
    before = lower;
  }
  // Still to come: the last value stored or waiting, the upper block, and what is left of a and b.
  alignas(64) std::uint16_t pending[2 * kBlock];
  _mm512_store_si512(pending, before);
  _mm512_store_si512(pending + kBlock, upper);
  return static_cast<std::uint32_t>(
      (FinishMerge<kOperation>(pending, kBlock, a.From(i), b.From(k), out, end) - out) / 2);
}

// The numbers of the bits set in 32 of them, at the front.
CDP_AVX512 __m512i BitNumbers(std::uint32_t bits) {
  return _mm512_maskz_compress_epi16(bits, LaneNumbers());
}

CDP_AVX512 void ToLows(const std::byte* bits, std::byte* out) {
  for (std::size_t i = 0; i < kBitsetBytes; i += sizeof(std::uint32_t)) {
    const auto word = LoadAt<std::uint32_t>(bits + i);
    const __m512i base = _mm512_set1_epi16(static_cast<short>(i << 3));
    _mm512_storeu_si512(out, _mm512_or_si512(BitNumbers(word), base));
    out = PlaceOf(out, static_cast<std::uint32_t>(_mm_popcnt_u32(word)));
  }
}

// A block of numbers as values of either width.
CDP_AVX512 void StoreValues(__m512i numbers, std::uint32_t base, std::uint32_t* out) {
  const __m512i high = _mm512_set1_epi32(static_cast<int>(base));
  const __m512i first = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(numbers));
  const __m512i second = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(numbers, 1));
  _mm512_storeu_si512(out, _mm512_or_si512(first, high));
  _mm512_storeu_si512(out + 16, _mm512_or_si512(second, high));
}
CDP_AVX512 void StoreValues(__m512i numbers, std::uint64_t base, std::uint64_t* out) {
  const __m512i high = _mm512_set1_epi64(static_cast<long long>(base));
  const __m128i quarters[] = {
      _mm512_castsi512_si128(numbers), _mm512_extracti32x4_epi32(numbers, 1),
      _mm512_extracti32x4_epi32(numbers, 2), _mm512_extracti32x4_epi32(numbers, 3)};
  for (std::size_t i = 0; i < 4; ++i) {
    _mm512_storeu_si512(out + 8 * i, _mm512_or_si512(_mm512_cvtepu16_epi64(quarters[i]), high));
  }
}

template <class Value>
CDP_AVX512 void ToValues(const std::byte* bits, Value high, std::uint32_t count, Value* out) {
  const Value* end = out + count;
  std::size_t i = 0;
  // Only while whatever the word holds, and the block stored last, stay inside.
  for (; i < kBitsetWords && end - out >= 64 + 32; ++i) {
    const auto word = LoadAt<std::uint64_t>(bits + 8 * i);
    const Value base = high | static_cast<Value>(i << 6);
    const auto lower = static_cast<std::uint32_t>(word);
    const auto upper = static_cast<std::uint32_t>(word >> 32);
    StoreValues(BitNumbers(lower), base, out);
    out += _mm_popcnt_u32(lower);
    StoreValues(BitNumbers(upper), base | 32, out);
    out += _mm_popcnt_u32(upper);
  }
  WriteSetBits(bits, i, high, out);
}

}  // namespace

constinit const Kernels kAvx512Kernels = {
    CountCommon,
    {Combine<SetOperation::kAnd>, Combine<SetOperation::kOr>, Combine<SetOperation::kXor>,
     Combine<SetOperation::kAndNot>},
    avx2::CountCommonValues,
    avx2::HaveCommonValue,
    {avx2::Intersect, MergeAll<SetOperation::kOr>, MergeAll<SetOperation::kXor>, avx2::Subtract},
    ToLows,
    ToValues<std::uint32_t>,
    ToValues<std::uint64_t>,
    avx2::LowsToValues,
};

}  // namespace cdp::bitmap

#endif
