#include "core/behavior/duration_sketch.h"

#include <algorithm>
#include <cmath>

#include "core/base/bytes.h"
#include "core/base/error.h"

namespace cdp::behavior {
namespace {

std::uint64_t Sum(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    throw Error(ErrorCode::kLimitExceeded, "a funnel counts too many times to convert");
  }
  return sum;
}

// body(bin, count) for each bin in ascending order, until it returns false.
template <class Body>
void ForEachEncoded(std::span<const std::byte> bytes, Body body) {
  ByteReader in(bytes, "funnel");
  std::uint64_t next = 0;
  while (!in.done()) {
    const std::uint64_t gap = in.ReadVarint();
    if (gap >= kBins - next) in.Corrupt("A time to convert is out of range.");
    const std::uint64_t bin = next + gap;
    const std::uint64_t count = in.ReadVarint();
    if (count == 0) in.Corrupt("A time to convert was never taken.");
    if (!body(static_cast<std::uint32_t>(bin), count)) return;
    next = bin + 1;
    if (next == kBins && !in.done()) in.Corrupt("A time to convert is out of range.");
  }
}

}  // namespace

void DurationSketch::AddToBin(std::uint32_t bin, std::uint64_t count) {
  if (counts_.empty()) {
    first_ = bin;
    counts_.push_back(count);
    return;
  }
  if (bin < first_) {
    // Room for more on this side, or each new minimum would move all counters.
    const std::uint32_t first = bin < 64 ? 0 : bin - 64;
    counts_.insert(counts_.begin(), first_ - first, 0);
    first_ = first;
  } else if (bin - first_ >= counts_.size()) {
    counts_.resize(bin - first_ + 1);
  }
  std::uint64_t& counter = counts_[bin - first_];
  counter = Sum(counter, count);
}

void DurationSketch::Merge(std::span<const std::byte> bytes) {
  ForEachEncoded(bytes, [this](std::uint32_t bin, std::uint64_t count) {
    AddToBin(bin, count);
    return true;
  });
}

template <class Body>
void DurationSketch::ForEachBin(Body body) const {
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    body(first_ + i - next, counts_[i]);
    next = first_ + i + 1;
  }
}

std::size_t DurationSketch::EncodedSize() const {
  std::size_t size = 0;
  ForEachBin([&size](std::uint32_t gap, std::uint64_t count) {
    size += VarintBytes(gap) + VarintBytes(count);
  });
  return size;
}

std::byte* DurationSketch::Encode(std::byte* out) const {
  ForEachBin([&out](std::uint32_t gap, std::uint64_t count) {
    out = WriteVarint(WriteVarint(out, gap), count);
  });
  return out;
}

std::optional<std::uint64_t> QuantileOf(std::span<const std::byte> bytes, double share) {
  std::uint64_t total = 0;
  ForEachEncoded(bytes, [&total](std::uint32_t, std::uint64_t count) {
    total = Sum(total, count);
    return true;
  });
  if (total == 0) return std::nullopt;
  const double wanted = std::ceil(share * static_cast<double>(total));
  const std::uint64_t rank = wanted >= static_cast<double>(total)
                                 ? total
                                 : std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t passed = 0;
  std::optional<std::uint64_t> answer;
  ForEachEncoded(bytes, [&](std::uint32_t bin, std::uint64_t count) {
    passed += count;
    if (passed >= rank) answer = MiddleOf(bin);
    return !answer.has_value();
  });
  return answer;
}

}  // namespace cdp::behavior
