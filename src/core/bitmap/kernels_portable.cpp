#include <bit>

#include "core/bitmap/kernels_scalar.h"

namespace cdp::bitmap {
namespace {

template <class Combine>
std::uint32_t ForEachWordPair(const std::byte* a, const std::byte* b, Combine combine) {
  int count = 0;
  for (std::size_t i = 0; i < kBitsetBytes; i += sizeof(std::uint64_t)) {
    count += std::popcount(combine(LoadAt<std::uint64_t>(a + i), LoadAt<std::uint64_t>(b + i), i));
  }
  return static_cast<std::uint32_t>(count);
}

std::uint32_t CountCommon(const std::byte* a, const std::byte* b) {
  return ForEachWordPair(a, b, [](std::uint64_t x, std::uint64_t y, std::size_t) { return x & y; });
}

template <SetOperation kOperation>
std::uint32_t Combine(const std::byte* a, const std::byte* b, std::byte* out) {
  return ForEachWordPair(a, b, [out](std::uint64_t x, std::uint64_t y, std::size_t i) {
    std::uint64_t word = 0;
    if constexpr (kOperation == SetOperation::kAnd) word = x & y;
    if constexpr (kOperation == SetOperation::kOr) word = x | y;
    if constexpr (kOperation == SetOperation::kXor) word = x ^ y;
    if constexpr (kOperation == SetOperation::kAndNot) word = x & ~y;
    StoreAt(out + i, word);
    return word;
  });
}

bool HaveCommon(ArrayValues a, ArrayValues b) { return MergeCount<true>(a, b) != 0; }

template <SetOperation kOperation>
std::uint32_t Merge(ArrayValues a, ArrayValues b, std::byte* out) {
  return static_cast<std::uint32_t>((MergeInto<kOperation>(a, b, out) - out) / 2);
}

void ToLows(const std::byte* bits, std::byte* out) {
  for (std::size_t i = 0; i < kBitsetWords; ++i) {
    for (auto word = LoadAt<std::uint64_t>(bits + 8 * i); word != 0; word &= word - 1) {
      StoreAt(out, static_cast<std::uint16_t>((i << 6) +
                                              static_cast<std::size_t>(std::countr_zero(word))));
      out += 2;
    }
  }
}

template <class Value>
void ToValues(const std::byte* bits, Value high, std::uint32_t, Value* out) {
  WriteSetBits(bits, 0, high, out);
}

void Widen(ArrayValues lows, std::uint32_t high, std::uint32_t* out) {
  for (std::uint32_t i = 0; i < lows.count; ++i) out[i] = high | lows.Value(i);
}

}  // namespace

constinit const Kernels kPortableKernels = {
    CountCommon,
    {Combine<SetOperation::kAnd>, Combine<SetOperation::kOr>, Combine<SetOperation::kXor>,
     Combine<SetOperation::kAndNot>},
    MergeCount<false>,
    HaveCommon,
    {Merge<SetOperation::kAnd>, Merge<SetOperation::kOr>, Merge<SetOperation::kXor>,
     Merge<SetOperation::kAndNot>},
    ToLows,
    ToValues<std::uint32_t>,
    ToValues<std::uint64_t>,
    Widen,
};

}  // namespace cdp::bitmap
