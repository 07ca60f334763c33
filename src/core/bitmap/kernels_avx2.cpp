/// Kernels for processors with AVX2. Arrays go in blocks of eight values.

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>

#include "core/bitmap/kernels_scalar.h"

#define CDP_AVX2 [[gnu::target("avx2,sse4.2,popcnt,bmi")]]

namespace cdp::bitmap {
namespace {

constexpr std::uint32_t kBlock = 8;

// By the set of lanes to keep, an order of bytes that brings those lanes of 16 bits to the front.
struct alignas(16) ByteOrder {
  std::array<std::uint8_t, 16> from;
};
constexpr std::array<ByteOrder, 256> kKeptFirst = [] {
  std::array<ByteOrder, 256> orders = {};
  for (unsigned lanes = 0; lanes < orders.size(); ++lanes) {
    unsigned place = 0;
    for (unsigned lane = 0; lane < kBlock; ++lane) {
      if ((lanes >> lane & 1) == 0) continue;
      orders[lanes].from[place++] = static_cast<std::uint8_t>(2 * lane);
      orders[lanes].from[place++] = static_cast<std::uint8_t>(2 * lane + 1);
    }
  }
  return orders;
}();

// By the bits of a byte, their numbers in ascending order.
struct alignas(8) BitNumbers {
  std::array<std::uint8_t, 8> number;
};
constexpr std::array<BitNumbers, 256> kBitNumbers = [] {
  std::array<BitNumbers, 256> numbers = {};
  for (unsigned byte = 0; byte < numbers.size(); ++byte) {
    unsigned place = 0;
    for (unsigned bit = 0; bit < 8; ++bit) {
      if ((byte >> bit & 1) != 0) numbers[byte].number[place++] = static_cast<std::uint8_t>(bit);
    }
  }
  return numbers;
}();

CDP_AVX2 __m256i Load32(const std::byte* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}
CDP_AVX2 __m128i LoadBlock(ArrayValues lows, std::uint32_t i) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(lows.data + 2 * std::size_t{i}));
}
CDP_AVX2 void StoreBlock(void* at, __m128i block) {
  _mm_storeu_si128(static_cast<__m128i*>(at), block);
}

// Sums of set bits in each of the four words: by halves of bytes, from a table.
CDP_AVX2 __m256i CountLanes(__m256i bits) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i half = _mm256_set1_epi8(0x0f);
  const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(bits, half));
  const __m256i high =
      _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), half));
  return _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
}

CDP_AVX2 std::uint32_t SumLanes(__m256i count) {
  return static_cast<std::uint32_t>(
      _mm256_extract_epi64(count, 0) + _mm256_extract_epi64(count, 1) +
      _mm256_extract_epi64(count, 2) + _mm256_extract_epi64(count, 3));
}

CDP_AVX2 std::uint32_t CountCommon(const std::byte* a, const std::byte* b) {
  __m256i count = _mm256_setzero_si256();
  for (std::size_t i = 0; i < kBitsetBytes; i += sizeof(__m256i)) {
    count = _mm256_add_epi64(count, CountLanes(_mm256_and_si256(Load32(a + i), Load32(b + i))));
  }
  return SumLanes(count);
}

template <SetOperation kOperation>
CDP_AVX2 std::uint32_t Combine(const std::byte* a, const std::byte* b, std::byte* out) {
  __m256i count = _mm256_setzero_si256();
  for (std::size_t i = 0; i < kBitsetBytes; i += sizeof(__m256i)) {
    const __m256i x = Load32(a + i);
    const __m256i y = Load32(b + i);
    __m256i bits;
    if constexpr (kOperation == SetOperation::kAnd) bits = _mm256_and_si256(x, y);
    if constexpr (kOperation == SetOperation::kOr) bits = _mm256_or_si256(x, y);
    if constexpr (kOperation == SetOperation::kXor) bits = _mm256_xor_si256(x, y);
    if constexpr (kOperation == SetOperation::kAndNot) bits = _mm256_andnot_si256(y, x);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), bits);
    count = _mm256_add_epi64(count, CountLanes(bits));
  }
  return SumLanes(count);
}

// Which lanes of `block` are values of `other`. A zero would end a block for the instruction.
CDP_AVX2 unsigned LanesFound(__m128i block, __m128i other) {
  constexpr int kMode = _SIDD_UWORD_OPS | _SIDD_CMP_EQUAL_ANY | _SIDD_BIT_MASK;
  return static_cast<unsigned>(_mm_cvtsi128_si32(_mm_cmpistrm(other, block, kMode)));
}

CDP_AVX2 std::byte* StoreLanes(__m128i block, unsigned lanes, std::byte* out) {
  const __m128i order = _mm_load_si128(reinterpret_cast<const __m128i*>(&kKeptFirst[lanes]));
  StoreBlock(out, _mm_shuffle_epi8(block, order));
  return PlaceOf(out, static_cast<std::uint32_t>(_mm_popcnt_u32(lanes)));
}

bool StartsWithZero(ArrayValues lows) { return lows.count != 0 && lows.Value(0) == 0; }

// Blocks of eight values, each against each in one instruction; the block that ends lower gives way
// to the next of its array. Zeros, which only the first values can be, are compared before.
template <bool kStopAtFirst>
CDP_AVX2 std::uint32_t BlockCount(ArrayValues a, ArrayValues b) {
  std::uint32_t i = StartsWithZero(a);
  std::uint32_t k = StartsWithZero(b);
  std::uint32_t common = i & k;
  while (i + kBlock <= a.count && k + kBlock <= b.count) {
    common +=
        static_cast<std::uint32_t>(_mm_popcnt_u32(LanesFound(LoadBlock(a, i), LoadBlock(b, k))));
    if (kStopAtFirst && common != 0) break;
    const std::uint16_t a_last = a.Value(i + kBlock - 1);
    const std::uint16_t b_last = b.Value(k + kBlock - 1);
    i += a_last <= b_last ? kBlock : 0;
    k += b_last <= a_last ? kBlock : 0;
  }
  if (kStopAtFirst && common != 0) return common;
  return common + MergeCount<kStopAtFirst>(a.From(i), b.From(k));
}

}  // namespace

CDP_AVX2 std::uint32_t avx2::CountCommonValues(ArrayValues a, ArrayValues b) {
  return BlockCount<false>(a, b);
}

CDP_AVX2 bool avx2::HaveCommonValue(ArrayValues a, ArrayValues b) {
  return BlockCount<true>(a, b) != 0;
}

CDP_AVX2 std::uint32_t avx2::Intersect(ArrayValues a, ArrayValues b, std::byte* out) {
  std::uint32_t i = StartsWithZero(a);
  std::uint32_t k = StartsWithZero(b);
  std::byte* end = out;
  if ((i & k) != 0) {
    StoreAt(end, std::uint16_t{0});
    end += 2;
  }
  // A corrupt array can give a value again and again: up to a block beyond the limit.
  const std::byte* limit = PlaceOf(out, std::min(a.count, b.count));
  while (i + kBlock <= a.count && k + kBlock <= b.count && end <= limit) {
    const __m128i block = LoadBlock(a, i);
    end = StoreLanes(block, LanesFound(block, LoadBlock(b, k)), end);
    const std::uint16_t a_last = a.Value(i + kBlock - 1);
    const std::uint16_t b_last = b.Value(k + kBlock - 1);
    i += a_last <= b_last ? kBlock : 0;
    k += b_last <= a_last ? kBlock : 0;
  }
  if (end <= limit) {
    // At most one block more, for one of the arrays has less than that left.
    end = MergeInto<SetOperation::kAnd>(a.From(i), b.From(k), end);
  }
  return static_cast<std::uint32_t>((end - out) / 2);
}

CDP_AVX2 std::uint32_t avx2::Subtract(ArrayValues a, ArrayValues b, std::byte* out) {
  constexpr auto kAndNot = SetOperation::kAndNot;
  std::uint32_t i = StartsWithZero(a);
  std::uint32_t k = StartsWithZero(b);
  std::byte* end = out;
  if (i > k) {
    StoreAt(end, std::uint16_t{0});
    end += 2;
  }
  unsigned found = 0;  // lanes of the block at i that blocks of b before k had
  while (i + kBlock <= a.count && k + kBlock <= b.count) {
    const __m128i block = LoadBlock(a, i);
    found |= LanesFound(block, LoadBlock(b, k));
    const std::uint16_t a_last = a.Value(i + kBlock - 1);
    const std::uint16_t b_last = b.Value(k + kBlock - 1);
    if (a_last <= b_last) {
      end = StoreLanes(block, ~found & 0xff, end);
      found = 0;
      i += kBlock;
    }
    k += b_last <= a_last ? kBlock : 0;
  }
  if (found != 0) {
    // Other than in b.From(k), the last values of the block can still be in b.
    alignas(16) std::byte rest[4 * kBlock];
    const std::byte* rest_end = StoreLanes(LoadBlock(a, i), ~found & 0xff, rest);
    const ArrayValues left = {rest, static_cast<std::uint32_t>((rest_end - rest) / 2)};
    end = MergeInto<kAndNot>(left, b.From(k), end);
    i += kBlock;
  }
  end = MergeInto<kAndNot>(a.From(i), b.From(k), end);
  return static_cast<std::uint32_t>((end - out) / 2);
}

namespace {

// Sorts a block that ascends and then descends, or the other way round.
CDP_AVX2 __m128i SortBitonic(__m128i block) {
  const __m128i swap = _mm_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  __m128i other = _mm_shuffle_epi32(block, 0x4e);
  block = _mm_blend_epi16(_mm_min_epu16(block, other), _mm_max_epu16(block, other), 0xf0);
  other = _mm_shuffle_epi32(block, 0xb1);
  block = _mm_blend_epi16(_mm_min_epu16(block, other), _mm_max_epu16(block, other), 0xcc);
  other = _mm_shuffle_epi8(block, swap);
  return _mm_blend_epi16(_mm_min_epu16(block, other), _mm_max_epu16(block, other), 0xaa);
}

// The lower half of two ascending blocks into one, the upper half into the other.
CDP_AVX2 void MergeBlocks(__m128i* lower, __m128i* upper) {
  const __m128i reverse = _mm_setr_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1);
  const __m128i turned = _mm_shuffle_epi8(*upper, reverse);
  const __m128i low = _mm_min_epu16(*lower, turned);
  const __m128i high = _mm_max_epu16(*lower, turned);
  *lower = SortBitonic(low);
  *upper = SortBitonic(high);
}

CDP_AVX2 unsigned EqualLanes(__m128i a, __m128i b) {
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_packs_epi16(_mm_cmpeq_epi16(a, b), _mm_setzero_si128())));
}

// Stores what is to stay of an ascending block, where a value stands once or twice. For kOr each is
// stored once. For kXor those that stand once: that is known of all but the last, so the last value
// before takes part and the last of this block waits.
template <SetOperation kOperation>
CDP_AVX2 std::byte* StoreMerged(__m128i before, __m128i block, std::byte* out) {
  const __m128i shifted = _mm_alignr_epi8(block, before, 14);
  if constexpr (kOperation == SetOperation::kOr) {
    return StoreLanes(block, ~EqualLanes(shifted, block) & 0xff, out);
  }
  const unsigned twice =
      EqualLanes(shifted, block) | EqualLanes(shifted, _mm_alignr_epi8(block, before, 12));
  return StoreLanes(shifted, ~twice & 0xff, out);
}

template <SetOperation kOperation>
CDP_AVX2 std::uint32_t MergeAll(ArrayValues a, ArrayValues b, std::byte* out) {
  if (a.count < kBlock || b.count < kBlock) {
    return static_cast<std::uint32_t>((MergeInto<kOperation>(a, b, out) - out) / 2);
  }
  __m128i lower = LoadBlock(a, 0);
  __m128i upper = LoadBlock(b, 0);
  std::uint32_t i = kBlock;
  std::uint32_t k = kBlock;
  MergeBlocks(&lower, &upper);
  // No block of ascending values begins with this one.
  std::byte* end = StoreMerged<kOperation>(_mm_set1_epi16(-1), lower, out);
  __m128i before = lower;
  while (i + kBlock <= a.count && k + kBlock <= b.count) {
    const bool take_a = a.Value(i) <= b.Value(k);
    lower = _mm_loadu_si128(reinterpret_cast<const __m128i*>(take_a ? a.data + 2 * std::size_t{i}
                                                                    : b.data + 2 * std::size_t{k}));
    i += take_a ? kBlock : 0;
    k += take_a ? 0 : kBlock;
    MergeBlocks(&lower, &upper);
    end = StoreMerged<kOperation>(before, lower, end);
    before = lower;
  }
  // Still to come: the last value stored or waiting, the upper block, and what is left of a and b.
  alignas(16) std::uint16_t pending[2 * kBlock];
  StoreBlock(pending, before);
  StoreBlock(pending + kBlock, upper);
  return static_cast<std::uint32_t>(
      (FinishMerge<kOperation>(pending, kBlock, a.From(i), b.From(k), out, end) - out) / 2);
}

// Widths of values that the bits of one byte are written in.
CDP_AVX2 void StoreNumbers(const BitNumbers& numbers, std::uint32_t base, std::uint16_t* out) {
  const __m128i wide =
      _mm_cvtepu8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(&numbers)));
  StoreBlock(out, _mm_or_si128(wide, _mm_set1_epi16(static_cast<short>(base))));
}
CDP_AVX2 void StoreNumbers(const BitNumbers& numbers, std::uint32_t base, std::uint32_t* out) {
  const __m256i wide =
      _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(&numbers)));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out),
                      _mm256_or_si256(wide, _mm256_set1_epi32(static_cast<int>(base))));
}
CDP_AVX2 void StoreNumbers(const BitNumbers& numbers, std::uint64_t base, std::uint64_t* out) {
  const __m128i narrow = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(&numbers));
  const __m256i high = _mm256_set1_epi64x(static_cast<long long>(base));
  auto* places = reinterpret_cast<__m256i*>(out);
  _mm256_storeu_si256(places, _mm256_or_si256(_mm256_cvtepu8_epi64(narrow), high));
  _mm256_storeu_si256(places + 1,
                      _mm256_or_si256(_mm256_cvtepu8_epi64(_mm_srli_si128(narrow, 4)), high));
}

template <class Base, class Value>
CDP_AVX2 Value* WriteWord(std::uint64_t word, Base base, Value* out) {
  for (; word != 0; word >>= 8, base += 8) {
    const auto byte = static_cast<std::uint8_t>(word);
    StoreNumbers(kBitNumbers[byte], base, out);
    out += _mm_popcnt_u32(byte);
  }
  return out;
}

CDP_AVX2 void ToLows(const std::byte* bits, std::byte* out) {
  auto* values = reinterpret_cast<std::uint16_t*>(out);
  for (std::size_t i = 0; i < kBitsetWords; ++i) {
    values =
        WriteWord(LoadAt<std::uint64_t>(bits + 8 * i), static_cast<std::uint32_t>(i << 6), values);
  }
}

template <class Value>
CDP_AVX2 void ToValues(const std::byte* bits, Value high, std::uint32_t count, Value* out) {
  const Value* end = out + count;
  std::size_t i = 0;
  // Only while whatever the word holds, and the block stored last, stay inside.
  for (; i < kBitsetWords && end - out >= 64 + 8; ++i) {
    out = WriteWord(LoadAt<std::uint64_t>(bits + 8 * i), high | static_cast<Value>(i << 6), out);
  }
  WriteSetBits(bits, i, high, out);
}

}  // namespace

CDP_AVX2 void avx2::LowsToValues(ArrayValues lows, std::uint32_t high, std::uint32_t* out) {
  std::uint32_t i = 0;
  for (; i + kBlock <= lows.count; i += kBlock) {
    const __m256i wide = _mm256_cvtepu16_epi32(LoadBlock(lows, i));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i),
                        _mm256_or_si256(wide, _mm256_set1_epi32(static_cast<int>(high))));
  }
  for (; i < lows.count; ++i) out[i] = high | lows.Value(i);
}

constinit const Kernels kAvx2Kernels = {
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
