#include "core/timeline/number_groups.h"

#include <algorithm>

#include "core/base/error.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cdp::timeline {
namespace {

/// For two controls, half a byte: where the bytes of two numbers go in two words, and how many
/// bytes they take.
struct PairTables {
  alignas(16) std::array<std::array<std::array<std::uint8_t, 16>, 16>, 3> shuffle;
  std::array<std::array<std::uint8_t, 16>, 3> length;
};

constexpr PairTables MakePairTables() {
  PairTables tables{};
  for (unsigned set = 0; set < kLengthSets.size(); ++set) {
    for (unsigned controls = 0; controls < 16; ++controls) {
      const unsigned lengths[2] = {kLengthSets[set][controls & 3], kLengthSets[set][controls >> 2]};
      unsigned from = 0;
      for (unsigned number = 0; number < 2; ++number) {
        for (unsigned byte = 0; byte < 8; ++byte) {
          // A set high bit makes the shuffle write zero.
          tables.shuffle[set][controls][number * 8 + byte] =
              static_cast<std::uint8_t>(byte < lengths[number] ? from + byte : 0x80);
        }
        from += lengths[number];
      }
      tables.length[set][controls] = static_cast<std::uint8_t>(from);
    }
  }
  return tables;
}

constexpr PairTables kPairs = MakePairTables();

#if defined(__x86_64__)

/// For a control byte of the first length set: where the bytes of its four numbers go in four
/// words of 32 bits, and how many bytes they take.
struct QuadTables {
  alignas(16) std::array<std::array<std::uint8_t, 16>, 256> shuffle;
  std::array<std::uint8_t, 256> length;
};

constexpr QuadTables MakeQuadTables() {
  QuadTables tables{};
  for (unsigned controls = 0; controls < 256; ++controls) {
    unsigned from = 0;
    for (unsigned number = 0; number < 4; ++number) {
      const unsigned length = kLengthSets[0][controls >> (2 * number) & 3];
      for (unsigned byte = 0; byte < 4; ++byte) {
        tables.shuffle[controls][number * 4 + byte] =
            static_cast<std::uint8_t>(byte < length ? from + byte : 0x80);
      }
      from += length;
    }
    tables.length[controls] = static_cast<std::uint8_t>(from);
  }
  return tables;
}

constexpr QuadTables kQuads = MakeQuadTables();

#endif

/// What a multiplication has to do with the factor.
enum class Multiply { kNot, k32, k64 };

/// A kernel loads at most so many bytes from where a group begins.
constexpr std::size_t kReach = 32;

template <bool kSums, Multiply kMultiply>
void RunPortable(GroupCursor* cursor, unsigned set, std::uint64_t factor,
                 const std::byte* readable_end) {
  GroupCursor c = *cursor;
  const auto& lengths = kLengthSets[set];
  while (c.groups > 0 && static_cast<std::size_t>(readable_end - c.at) >= kReach) {
    auto control = std::to_integer<unsigned>(*c.controls++);
    for (unsigned i = 0; i < 4; ++i, control >>= 2) {
      const unsigned length = lengths[control & 3];
      std::uint64_t number;
      std::memcpy(&number, c.at, sizeof(number));
      number &= ~std::uint64_t{0} >> (64 - 8 * length);
      c.at += length;
      if constexpr (kMultiply != Multiply::kNot) number *= factor;
      if constexpr (kSums) number = c.sum += number;
      *c.out++ = number;
    }
    --c.groups;
  }
  *cursor = c;
}

#if defined(__x86_64__)

[[gnu::target("ssse3"), gnu::always_inline]] inline __m128i LoadPair(const std::byte* from,
                                                                     unsigned set,
                                                                     unsigned controls) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i order =
      _mm_load_si128(reinterpret_cast<const __m128i*>(kPairs.shuffle[set][controls].data()));
  return _mm_shuffle_epi8(bytes, order);
}

/// Both numbers times a factor below 2^32, modulo 2^64; k32 needs numbers below 2^32.
template <Multiply kMultiply>
[[gnu::target("ssse3"), gnu::always_inline]] inline __m128i Times(__m128i numbers, __m128i factor) {
  if constexpr (kMultiply == Multiply::kNot) return numbers;
  const __m128i low = _mm_mul_epu32(numbers, factor);
  if constexpr (kMultiply == Multiply::k32) return low;
  const __m128i high = _mm_mul_epu32(_mm_srli_epi64(numbers, 32), factor);
  return _mm_add_epi64(low, _mm_slli_epi64(high, 32));
}

template <bool kSums, Multiply kMultiply>
[[gnu::target("ssse3")]] void RunSsse3(GroupCursor* cursor, unsigned set, std::uint64_t factor,
                                       const std::byte* readable_end) {
  GroupCursor c = *cursor;
  const auto& pair_length = kPairs.length[set];
  const __m128i times = _mm_set1_epi64x(static_cast<long long>(factor));
  __m128i sum = _mm_set1_epi64x(static_cast<long long>(c.sum));
  while (c.groups > 0 && static_cast<std::size_t>(readable_end - c.at) >= kReach) {
    const auto control = std::to_integer<unsigned>(*c.controls++);
    const unsigned first = control & 15;
    const unsigned second = control >> 4;
    __m128i low = Times<kMultiply>(LoadPair(c.at, set, first), times);
    c.at += pair_length[first];
    __m128i high = Times<kMultiply>(LoadPair(c.at, set, second), times);
    c.at += pair_length[second];
    if constexpr (kSums) {
      // The carry from group to group waits for two additions only.
      low = _mm_add_epi64(low, _mm_slli_si128(low, 8));
      high = _mm_add_epi64(high, _mm_slli_si128(high, 8));
      high = _mm_add_epi64(high, _mm_unpackhi_epi64(low, low));
      low = _mm_add_epi64(low, sum);
      high = _mm_add_epi64(high, sum);
      sum = _mm_unpackhi_epi64(high, high);
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(c.out), low);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(c.out + 2), high);
    c.out += 4;
    --c.groups;
  }
  if constexpr (kSums) c.sum = static_cast<std::uint64_t>(_mm_cvtsi128_si64(sum));
  *cursor = c;
}

constexpr std::size_t kBatch = 4;
/// What may be loaded of the payload, and more than a reader's copy of the end holds: controls, of
/// which some may be loaded in vain, do not lie before that.
constexpr std::size_t kBatchReach = kBatch * 16 + 16;
static_assert(kBatchReach > GroupReader::kTailBytes);

/// Sums of numbers of the first length set. Four groups at a time, though fewer may be left: most
/// sequences are short, and a loop that often ends after another number of rounds costs more than
/// the groups in vain.
[[gnu::target("avx2"), gnu::noinline]] void SumBatches(GroupCursor* cursor, std::uint64_t factor,
                                                       const std::byte* readable_end) {
  GroupCursor c = *cursor;
  const __m256i times = _mm256_set1_epi64x(static_cast<long long>(factor));
  const __m256i none = _mm256_setzero_si256();
  __m256i sum = _mm256_set1_epi64x(static_cast<long long>(c.sum));
  while (c.groups > 0 && c.groups + c.spare >= kBatch &&
         static_cast<std::size_t>(readable_end - c.at) >= kBatchReach) {
    std::uint32_t controls;  // those that are none lie in the payload
    std::memcpy(&controls, c.controls, sizeof(controls));
    const std::byte* ends[kBatch];
    const std::byte* at = c.at;
#pragma GCC unroll 4
    for (std::size_t group = 0; group < kBatch; ++group) {
      const unsigned control = controls >> (8 * group) & 255;
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
      const __m128i order =
          _mm_load_si128(reinterpret_cast<const __m128i*>(kQuads.shuffle[control].data()));
      __m256i numbers = _mm256_cvtepu32_epi64(_mm_shuffle_epi8(bytes, order));
      numbers = _mm256_mul_epu32(numbers, times);
      // a, a + b, c, c + d; then the first half is added to the second.
      numbers = _mm256_add_epi64(numbers, _mm256_slli_si256(numbers, 8));
      const __m256i half = _mm256_permute4x64_epi64(numbers, 0x55);
      numbers = _mm256_add_epi64(numbers, _mm256_blend_epi32(none, half, 0xf0));
      const __m256i total = _mm256_permute4x64_epi64(numbers, 0xff);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(c.out + 4 * group),
                          _mm256_add_epi64(numbers, sum));
      sum = _mm256_add_epi64(sum, total);
      at += kQuads.length[control];
      ends[group] = at;
    }
    const std::size_t done = std::min(c.groups, kBatch);
    c.at = ends[done - 1];
    c.controls += done;
    c.out += 4 * done;
    c.groups -= done;
  }
  c.sum = static_cast<std::uint64_t>(_mm256_extract_epi64(sum, 0));
  *cursor = c;
}

/// What comes near to the end is left to the other kernel, of instructions that must not meet what
/// SumBatches leaves in registers.
void RunAvx2(GroupCursor* cursor, unsigned set, std::uint64_t factor,
             const std::byte* readable_end) {
  if (static_cast<std::size_t>(readable_end - cursor->at) >= kBatchReach) {
    SumBatches(cursor, factor, readable_end);
  }
  if (cursor->groups > 0) RunSsse3<true, Multiply::k32>(cursor, set, factor, readable_end);
}

#endif

struct Kernels {
  GroupReader::Kernel numbers;
  std::array<GroupReader::Kernel, 3> sums;  ///< by Multiply
};

constexpr Kernels kPortable = {RunPortable<false, Multiply::kNot>,
                               {RunPortable<true, Multiply::kNot>, RunPortable<true, Multiply::k64>,
                                RunPortable<true, Multiply::k64>}};

const Kernels* Best() {
#if defined(__x86_64__)
  static constexpr Kernels kSsse3 = {RunSsse3<false, Multiply::kNot>,
                                     {RunSsse3<true, Multiply::kNot>, RunSsse3<true, Multiply::k32>,
                                      RunSsse3<true, Multiply::k64>}};
  __builtin_cpu_init();
  // Of the sums only those of the first length set are multiplied in 32 bits.
  static constexpr Kernels kAvx2 = {
      RunSsse3<false, Multiply::kNot>,
      {RunSsse3<true, Multiply::kNot>, RunAvx2, RunSsse3<true, Multiply::k64>}};
  if (__builtin_cpu_supports("avx2")) return &kAvx2;
  if (__builtin_cpu_supports("ssse3")) return &kSsse3;
#endif
  return &kPortable;
}

const Kernels* kernels = Best();

[[noreturn]] void Truncated() { throw Error(ErrorCode::kCorruptData, "timeline is truncated"); }

}  // namespace

void UsePortableKernels(bool portable) { kernels = portable ? &kPortable : Best(); }

LengthCounts::Choice LengthCounts::Best() const {
  Choice best{0, SIZE_MAX};
  for (unsigned set = 0; set < kLengthSets.size(); ++set) {
    std::size_t total = 0;
    for (unsigned bytes = 1; bytes <= 8; ++bytes) {
      total += of_[bytes] * internal::kLengthTables.bytes[set][bytes];
    }
    if (total < best.bytes) best = {set, total};
  }
  return best;
}

GroupReader::GroupReader(const Source& source, Give give, std::uint64_t factor, std::uint64_t start)
    : controls_(source.controls),
      at_(source.payload.data()),
      payload_end_(source.payload.data() + source.payload.size()),
      readable_end_(source.readable_end),
      left_(source.count),
      set_(source.set),
      factor_(factor),
      sum_(start) {
  // Numbers of the first set have four bytes at most.
  const auto multiply = set_ == 0 ? Multiply::k32 : factor == 1 ? Multiply::kNot : Multiply::k64;
  kernel_ = give == Give::kNumbers ? kernels->numbers : kernels->sums[static_cast<int>(multiply)];
}

std::size_t GroupReader::Next(std::uint64_t* out, std::size_t room) {
  const std::size_t count = std::min(room, left_);
  if (count == 0) return 0;
  const std::size_t groups = ControlBytes(count);
  GroupCursor cursor{controls_, at_, groups, room / 4 - groups, sum_, out};
  kernel_(&cursor, set_, factor_, readable_end_);
  if (cursor.groups > 0) [[unlikely]] {
    // The last groups, from a copy behind which there is room for loads.
    const auto rest = readable_end_ - cursor.at;
    if (cursor.at > payload_end_ || readable_end_ == tail_ + sizeof(tail_)) Truncated();
    std::memset(tail_, 0, sizeof(tail_));
    std::memcpy(tail_, cursor.at, static_cast<std::size_t>(rest));
    payload_end_ = tail_ + (payload_end_ - cursor.at);
    readable_end_ = tail_ + sizeof(tail_);
    cursor.at = tail_;
    kernel_(&cursor, set_, factor_, readable_end_);
    if (cursor.groups > 0) Truncated();
  }
  // The numbers of the last group that are none took a byte each, as their controls are zero.
  const std::size_t surplus = (4 - count % 4) % 4;
  if (cursor.at - payload_end_ > static_cast<std::ptrdiff_t>(surplus)) Truncated();
  controls_ = cursor.controls;
  at_ = cursor.at;
  sum_ = cursor.sum;
  left_ -= count;
  return count;
}

}  // namespace cdp::timeline
