#include "core/bitmap/words.h"

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

#endif

auto Choose() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq")) {
    return CountAvx512;
  }
  if (__builtin_cpu_supports("popcnt")) return CountPopcnt;
#endif
  return CountPortable;
}

}  // namespace

std::uint32_t CountCommonBits(const std::byte* a, const std::byte* b) {
  static const auto count = Choose();
  return count(a, b);
}

}  // namespace cdp::bitmap
