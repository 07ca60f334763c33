#include "core/bitmap/kernels.h"

#include <bit>
#include <iterator>
#include <numeric>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cdp::bitmap {
namespace {

[[gnu::always_inline]] inline std::uint32_t CountByWord(const std::byte* a, const std::byte* b) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < kBitsetBytes; i += sizeof(std::uint64_t)) {
    count += std::popcount(LoadAt<std::uint64_t>(a + i) & LoadAt<std::uint64_t>(b + i));
  }
  return static_cast<std::uint32_t>(count);
}

// An array of 16-bit values and how much of it has been compared.
struct Walk {
  const std::byte* data;
  std::uint32_t count;
  std::uint32_t next = 0;

  std::uint16_t Value(std::uint32_t i) const { return LoadAt<std::uint16_t>(data + 2 * i); }
  const std::byte* Place() const { return data + 2 * next; }
};

// Compares what is left, value by value: without branches on the order, which nothing predicts.
template <bool kStopAtFirst>
std::uint32_t MergeCount(Walk a, Walk b) {
  std::uint32_t common = 0;
  while (a.next < a.count && b.next < b.count) {
    const std::uint16_t left = a.Value(a.next);
    const std::uint16_t right = b.Value(b.next);
    common += left == right;
    if (kStopAtFirst && common != 0) break;
    a.next += left <= right;
    b.next += right <= left;
  }
  return common;
}

struct Kernels {
  std::uint32_t (*common_bits)(const std::byte*, const std::byte*);
  std::uint32_t (*common_values)(Walk, Walk);
  std::uint32_t (*first_common_value)(Walk, Walk);
};

std::uint32_t CountPortable(const std::byte* a, const std::byte* b) { return CountByWord(a, b); }

#if defined(__x86_64__)

[[gnu::target("popcnt")]] std::uint32_t CountPopcnt(const std::byte* a, const std::byte* b) {
  return CountByWord(a, b);
}

[[gnu::target("avx512f,avx512vpopcntdq")]] std::uint32_t CountAvx512(const std::byte* a,
                                                                     const std::byte* b) {
  __m512i count = _mm512_setzero_si512();
  for (std::size_t i = 0; i < kBitsetBytes; i += sizeof(__m512i)) {
    const __m512i common = _mm512_and_si512(_mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i));
    count = _mm512_add_epi64(count, _mm512_popcnt_epi64(common));
  }
  std::uint64_t lanes[8];
  _mm512_storeu_si512(lanes, count);
  return static_cast<std::uint32_t>(std::accumulate(std::begin(lanes), std::end(lanes), 0ull));
}

// Blocks of eight values, each against each in one instruction; the block that ends lower gives way
// to the next of its array. The instruction takes a zero for the end of a block, and only the first
// value can be one.
template <bool kStopAtFirst>
[[gnu::target("sse4.2,popcnt")]] std::uint32_t BlockCount(Walk a, Walk b) {
  constexpr std::uint32_t kBlock = 8;
  constexpr int kMode = _SIDD_UWORD_OPS | _SIDD_CMP_EQUAL_ANY | _SIDD_BIT_MASK;
  const bool a_zero = a.count != 0 && a.Value(0) == 0;
  const bool b_zero = b.count != 0 && b.Value(0) == 0;
  std::uint32_t common = a_zero && b_zero;
  a.next = a_zero;
  b.next = b_zero;
  while (a.next + kBlock <= a.count && b.next + kBlock <= b.count) {
    const __m128i left = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a.Place()));
    const __m128i right = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b.Place()));
    const __m128i matches = _mm_cmpistrm(right, left, kMode);
    common += static_cast<std::uint32_t>(
        _mm_popcnt_u32(static_cast<unsigned>(_mm_cvtsi128_si32(matches))));
    if (kStopAtFirst && common != 0) break;
    const std::uint16_t a_last = a.Value(a.next + kBlock - 1);
    const std::uint16_t b_last = b.Value(b.next + kBlock - 1);
    a.next += a_last <= b_last ? kBlock : 0;
    b.next += b_last <= a_last ? kBlock : 0;
  }
  if (kStopAtFirst && common != 0) return common;
  return common + MergeCount<kStopAtFirst>(a, b);
}

#endif

Kernels Choose() {
  Kernels kernels = {CountPortable, MergeCount<false>, MergeCount<true>};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("popcnt")) kernels.common_bits = CountPopcnt;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq")) {
    kernels.common_bits = CountAvx512;
  }
  if (__builtin_cpu_supports("popcnt") && __builtin_cpu_supports("sse4.2")) {
    kernels.common_values = BlockCount<false>;
    kernels.first_common_value = BlockCount<true>;
  }
#endif
  return kernels;
}

const Kernels& Chosen() {
  static const Kernels kernels = Choose();
  return kernels;
}

}  // namespace

std::uint32_t CountCommonBits(const std::byte* a, const std::byte* b) {
  return Chosen().common_bits(a, b);
}

std::uint32_t CountCommonValues(const std::byte* a, std::uint32_t a_count, const std::byte* b,
                                std::uint32_t b_count) {
  return Chosen().common_values({a, a_count}, {b, b_count});
}

bool HaveCommonValue(const std::byte* a, std::uint32_t a_count, const std::byte* b,
                     std::uint32_t b_count) {
  return Chosen().first_common_value({a, a_count}, {b, b_count}) != 0;
}

}  // namespace cdp::bitmap
