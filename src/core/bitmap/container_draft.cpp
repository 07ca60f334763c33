#include "core/bitmap/container_draft.h"

#include <algorithm>
#include <cstring>

namespace cdp::bitmap {
namespace {

// The first place in an ascending array whose value is not below `value`.
std::uint32_t FirstNotBelow(const Container& array, std::uint32_t value) {
  std::uint32_t from = 0;
  std::uint32_t end = array.cardinality;
  while (from < end) {
    const std::uint32_t middle = from + (end - from) / 2;
    if (array.Value(middle) < value) {
      from = middle + 1;
    } else {
      end = middle;
    }
  }
  return from;
}

}  // namespace

void ContainerDraft::ToBits() {
  if (as_bits_) return;
  words_.fill(0);
  for (std::uint32_t i = 0; i < intervals_; ++i) {
    SetBits(&words_, interval_[i].first, interval_[i].last);
  }
  as_bits_ = true;
}

void ContainerDraft::Append(std::uint32_t first, std::uint32_t last) {
  if (!as_bits_ && intervals_ == kMaxIntervals) ToBits();
  if (as_bits_) return SetBits(&words_, first, last);
  if (intervals_ != 0) {
    Interval& before = interval_[intervals_ - 1];
    // Only a corrupt container gives its values in another order.
    if (first <= before.last) MalformedBitmap();
    if (first == before.last + 1u) {
      before.last = static_cast<std::uint16_t>(last);
      return;
    }
  }
  interval_[intervals_++] = {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)};
}

void ContainerDraft::AppendBits(const Container& bitset, std::uint32_t first, std::uint32_t last,
                                std::int32_t distance) {
  ToBits();
  const std::uint32_t shift = static_cast<std::uint32_t>(distance) & 63;
  const std::int32_t word_distance = distance >> 6;
  const auto place = [this](std::int32_t i, std::uint64_t bits) {
    if (bits != 0) words_[static_cast<std::size_t>(i) % kBitsetWords] |= bits;
  };
  ForEachWord(first, last, [&](std::uint32_t i, std::uint64_t mask) {
    const std::uint64_t word = bitset.Word(i) & mask;
    const std::int32_t target = static_cast<std::int32_t>(i) + word_distance;
    place(target, word << shift);
    if (shift != 0) place(target + 1, word >> (64 - shift));
  });
}

void ContainerDraft::Append(const Container& container, std::uint32_t first, std::uint32_t last,
                            std::int32_t distance) {
  const auto move = [distance](std::uint32_t value) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(value) + distance);
  };
  switch (container.kind) {
    case ContainerKind::kArray:
      for (std::uint32_t i = FirstNotBelow(container, first); i < container.cardinality; ++i) {
        const std::uint32_t value = container.Value(i);
        if (value > last) break;
        if (value < first) MalformedBitmap();
        Append(move(value), move(value));
      }
      break;
    case ContainerKind::kBitset:
      AppendBits(container, first, last, distance);
      break;
    case ContainerKind::kRun:
      for (std::uint32_t i = 0; i < container.runs; ++i) {
        const std::uint32_t from = std::max(container.RunStart(i), first);
        const std::uint32_t to = std::min(CheckedRunLast(container, i), last);
        if (from <= to) Append(move(from), move(to));
      }
      break;
  }
}

void ContainerDraft::Unite(const Container& container) {
  if (empty() && container.kind != ContainerKind::kBitset) return Append(container);
  ToBits();
  SetBits(&words_, container);
}

bool ContainerDraft::Meet(const Container& container) {
  ToBits();
  if (container.kind == ContainerKind::kBitset) {
    return CombineBits(SetOperation::kAnd, BytesOf(words_), container.data, BytesOf(&words_)) != 0;
  }
  Words other = {};
  SetBits(&other, container);
  return CombineBits(SetOperation::kAnd, BytesOf(words_), BytesOf(other), BytesOf(&words_)) != 0;
}

void ContainerDraft::Combine(SetOperation operation, const Container& a, const Container& b) {
  Clear();
  ToBits();
  SetBits(&words_, a);
  Words other = {};
  SetBits(&other, b);
  CombineBits(operation, BytesOf(words_), BytesOf(other), BytesOf(&words_));
}

void ContainerDraft::Flip(std::uint32_t first, std::uint32_t last) {
  ToBits();
  ForEachWord(first, last, [this](std::uint32_t i, std::uint64_t mask) { words_[i] ^= mask; });
}

template <class Body>
void ContainerDraft::ForEachRunOfMine(Body body) const {
  if (as_bits_) return ForEachRun(words_, body);
  for (std::uint32_t i = 0; i < intervals_; ++i) body(interval_[i].first, interval_[i].last);
}

ContainerDraft::Form ContainerDraft::Best(bool runs_allowed) const {
  if (as_bits_) {
    const BitCounts counts = CountBitsAndRuns(words_);
    return BestForm(counts.bits, counts.runs, runs_allowed);
  }
  std::uint32_t cardinality = 0;
  for (std::uint32_t i = 0; i < intervals_; ++i) {
    cardinality += interval_[i].last - interval_[i].first + 1u;
  }
  return BestForm(cardinality, intervals_, runs_allowed);
}

void ContainerDraft::Write(const Form& form, std::byte* out) {
  if (form.kind == ContainerKind::kBitset) {
    ToBits();
    std::memcpy(out, words_.data(), kBitsetBytes);
  } else {
    WriteRunsAs(
        form, [this](auto body) { ForEachRunOfMine(body); }, out);
  }
}

}  // namespace cdp::bitmap
