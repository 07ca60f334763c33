#include "core/timeline/code_marks.h"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cdp::timeline {
namespace {

std::uint64_t MarkPortable(const CodeMarks::Rows& rows, const std::byte* codes) {
  std::uint64_t word = 0;
  for (unsigned i = 0; i < 64; ++i) {
    const auto code = std::to_integer<unsigned>(codes[i]);
    word |= static_cast<std::uint64_t>(rows[code >> 7][code & 15] >> (code >> 4 & 7) & 1) << i;
  }
  return word;
}

constexpr std::uint64_t LowBits(std::size_t count) { return ~std::uint64_t{0} >> (64 - count); }

/// Where 64 codes may be loaded: `count` of them at `codes`, maybe copied.
inline const std::byte* Loadable(const std::byte* codes, std::size_t count,
                                 const std::byte* readable_end, std::byte (&tail)[64]) {
  if (readable_end - codes >= 64) [[likely]]
    return codes;
  std::memset(tail, 0, sizeof(tail));
  std::memcpy(tail, codes, count);
  return tail;
}

void EachPortable(const std::byte* codes, std::size_t count, const std::byte* /*readable_end*/,
                  std::span<const std::uint8_t> wanted, std::uint64_t* rows, std::size_t stride) {
  for (std::size_t from = 0; from < count; from += 64) {
    const std::size_t n = std::min<std::size_t>(64, count - from);
    std::uint64_t* row = rows + from / 64;
    for (const std::uint8_t code : wanted) {
      *row = 0;
      for (std::size_t i = 0; i < n; ++i) {
        *row |= std::uint64_t{codes[from + i] == std::byte{code}} << i;
      }
      row += stride;
    }
  }
}

struct Kernels {
  CodeMarks::Kernel mark;
  decltype(&EachPortable) each;
};
constexpr Kernels kPortable = {MarkPortable, EachPortable};

#if defined(__x86_64__)

[[gnu::target("avx2"), gnu::always_inline]] inline __m256i LoadHalf(const std::byte* codes) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes));
}

[[gnu::target("avx2")]] void EachAvx2(const std::byte* codes, std::size_t count,
                                      const std::byte* readable_end,
                                      std::span<const std::uint8_t> wanted, std::uint64_t* rows,
                                      std::size_t stride) {
  for (std::size_t from = 0; from < count; from += 64) {
    const std::size_t n = std::min<std::size_t>(64, count - from);
    std::byte tail[64];
    const std::byte* const at = Loadable(codes + from, n, readable_end, tail);
    const __m256i low = LoadHalf(at);
    const __m256i high = LoadHalf(at + 32);
    std::uint64_t* row = rows + from / 64;
    for (const std::uint8_t code : wanted) {
      const __m256i same = _mm256_set1_epi8(static_cast<char>(code));
      const int first = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, same));
      const int second = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, same));
      *row = (static_cast<std::uint32_t>(first) |
              static_cast<std::uint64_t>(static_cast<std::uint32_t>(second)) << 32) &
             LowBits(n);
      row += stride;
    }
  }
}

[[gnu::target("avx2"), gnu::always_inline]] inline __m256i Twice(const std::uint8_t* row) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row)));
}

[[gnu::target("avx2"), gnu::always_inline]] inline std::uint32_t MarkHalf(__m256i low_rows,
                                                                          __m256i high_rows,
                                                                          const std::byte* codes) {
  const __m256i bit_of = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201));
  const __m256i half = _mm256_set1_epi8(15);
  const __m256i all = LoadHalf(codes);
  const __m256i low = _mm256_and_si256(all, half);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16(all, 4), half);
  // The highest bit of a code chooses between the rows.
  const __m256i row = _mm256_blendv_epi8(_mm256_shuffle_epi8(low_rows, low),
                                         _mm256_shuffle_epi8(high_rows, low), all);
  const __m256i bit = _mm256_shuffle_epi8(bit_of, high);
  const __m256i has = _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), bit);
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(has));
}

[[gnu::target("avx2")]] std::uint64_t MarkAvx2(const CodeMarks::Rows& rows,
                                               const std::byte* codes) {
  const __m256i low_rows = Twice(rows[0].data());
  const __m256i high_rows = Twice(rows[1].data());
  return MarkHalf(low_rows, high_rows, codes) |
         static_cast<std::uint64_t>(MarkHalf(low_rows, high_rows, codes + 32)) << 32;
}

constexpr Kernels kAvx2 = {MarkAvx2, EachAvx2};

#endif

const Kernels* Best() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) return &kAvx2;
#endif
  return &kPortable;
}

const Kernels* kernels = Best();

}  // namespace

void UsePortableMarks(bool portable) { kernels = portable ? &kPortable : Best(); }

void MarkEach(const std::byte* codes, std::size_t count, const std::byte* readable_end,
              std::span<const std::uint8_t> wanted, std::uint64_t* rows, std::size_t stride) {
  if (!wanted.empty()) kernels->each(codes, count, readable_end, wanted, rows, stride);
}

void CodeMarks::Mark(const std::byte* codes, std::size_t count, const std::byte* readable_end,
                     Words& words) const {
  const CodeMarks::Kernel mark = kernels->mark;
  for (std::size_t from = 0; from < count; from += 64) {
    const std::size_t n = std::min<std::size_t>(64, count - from);
    std::byte tail[64];
    const std::byte* const at = Loadable(codes + from, n, readable_end, tail);
    words[from / 64] = mark(rows_, at) & LowBits(n);
  }
}

}  // namespace cdp::timeline
