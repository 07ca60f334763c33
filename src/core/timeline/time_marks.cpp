#include "core/timeline/time_marks.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cdp::timeline {
namespace {

/// A day is 10,546,875 times 2^13 microseconds. 64 days of such units fit 30 bits, which are
/// divided by a multiplication: what the rounded factor is too large by adds less than a unit.
constexpr unsigned kUnitLog2 = 13;
constexpr std::uint64_t kUnitsPerDay = 86'400'000'000 >> kUnitLog2;
static_assert(kUnitsPerDay << kUnitLog2 == 86'400'000'000);
constexpr unsigned kFactorLog2 = 55;
constexpr std::uint64_t kFactor = (std::uint64_t{1} << kFactorLog2) / kUnitsPerDay + 1;
static_assert(kFactor >> 32 == 0);
static_assert(64 * kUnitsPerDay * (kFactor * kUnitsPerDay - (std::uint64_t{1} << kFactorLog2)) >>
                  kFactorLog2 ==
              0);

std::uint64_t DayBit(Micros at, Micros midnight) {
  const auto units = static_cast<std::uint32_t>(Elapsed(midnight, at) >> kUnitLog2);
  return std::uint64_t{1} << (units * kFactor >> kFactorLog2 & 63);
}

std::uint64_t PauseBit(const Micros* at, std::size_t i, std::uint64_t gap) {
  return std::uint64_t{Elapsed(at[i], at[i + 1]) <= gap} << i;
}

std::uint64_t ShortPausesPortable(const Micros* at, std::size_t n, std::uint64_t gap) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < n; ++i) bits |= PauseBit(at, i, gap);
  return bits;
}

std::uint64_t DaysPortable(const Micros* at, std::size_t n, Micros midnight) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < n; ++i) bits |= DayBit(at[i], midnight);
  return bits;
}

struct Kernels {
  decltype(&ShortPausesPortable) short_pauses;
  decltype(&DaysPortable) days;
};
constexpr Kernels kPortable = {ShortPausesPortable, DaysPortable};

#if defined(__x86_64__)

// Four at a time; the last four may have been looked at before, which adds no bit.

[[gnu::target("avx2"), gnu::always_inline]] inline __m256i LoadFour(const Micros* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

/// `biased_gap` is the gap with the other sign: there is only a comparison of signed numbers.
[[gnu::target("avx2"), gnu::always_inline]] inline std::uint64_t FourShortPauses(
    const Micros* at, std::size_t i, __m256i biased_gap) {
  const __m256i pause = _mm256_sub_epi64(LoadFour(at + i + 1), LoadFour(at + i));
  const __m256i biased = _mm256_xor_si256(pause, _mm256_set1_epi64x(INT64_MIN));
  const __m256i longer = _mm256_cmpgt_epi64(biased, biased_gap);
  const auto bits = static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(longer)));
  return std::uint64_t{bits ^ 15u} << i;
}

[[gnu::target("avx2")]] std::uint64_t ShortPausesAvx2(const Micros* at, std::size_t n,
                                                      std::uint64_t gap) {
  if (n < 4) return ShortPausesPortable(at, n, gap);
  const __m256i biased_gap =
      _mm256_set1_epi64x(static_cast<long long>(gap ^ (std::uint64_t{1} << 63)));
  std::uint64_t bits = FourShortPauses(at, n - 4, biased_gap);
  for (std::size_t i = 0; i + 4 < n; i += 4) bits |= FourShortPauses(at, i, biased_gap);
  return bits;
}

[[gnu::target("avx2"), gnu::always_inline]] inline __m256i FourDays(const Micros* at,
                                                                    __m256i midnight) {
  const __m256i units = _mm256_srli_epi64(_mm256_sub_epi64(LoadFour(at), midnight), kUnitLog2);
  const __m256i product = _mm256_mul_epu32(units, _mm256_set1_epi64x(kFactor));
  const __m256i day =
      _mm256_and_si256(_mm256_srli_epi64(product, kFactorLog2), _mm256_set1_epi64x(63));
  return _mm256_sllv_epi64(_mm256_set1_epi64x(1), day);
}

[[gnu::target("avx2")]] std::uint64_t DaysAvx2(const Micros* at, std::size_t n, Micros midnight) {
  if (n < 4) return DaysPortable(at, n, midnight);
  const __m256i begin = _mm256_set1_epi64x(midnight);
  __m256i bits = FourDays(at + n - 4, begin);
  for (std::size_t i = 0; i + 4 < n; i += 4) bits = _mm256_or_si256(bits, FourDays(at + i, begin));
  const __m128i half =
      _mm_or_si128(_mm256_castsi256_si128(bits), _mm256_extracti128_si256(bits, 1));
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(half) | _mm_extract_epi64(half, 1));
}

constexpr Kernels kAvx2 = {ShortPausesAvx2, DaysAvx2};

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

void UsePortableTimeMarks(bool portable) { kernels = portable ? &kPortable : Best(); }

std::uint64_t MarkShortPauses(const Micros* at, std::size_t n, std::uint64_t gap) {
  return kernels->short_pauses(at, n, gap);
}

std::uint64_t MarkDays(const Micros* at, std::size_t n, Micros midnight) {
  return kernels->days(at, n, midnight);
}

}  // namespace cdp::timeline
