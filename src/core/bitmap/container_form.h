/// How values that share their high bits are written: the smallest form, and words as runs.
#pragma once

#include <bit>
#include <cstring>

#include "core/bitmap/container_words.h"

namespace cdp::bitmap {

struct ContainerForm {
  ContainerKind kind;
  std::uint32_t cardinality;  ///< 0: there is nothing to write
  std::uint32_t bytes;        ///< of a run container with the number of runs before it
};

/// Runs where they are allowed and strictly smaller, else what the format demands.
inline ContainerForm BestForm(std::uint32_t cardinality, std::uint32_t runs,
                              bool runs_allowed = true) {
  ContainerForm form = {ContainerKind::kBitset, cardinality, kBitsetBytes};
  if (cardinality <= kMaxArrayValues) form = {ContainerKind::kArray, cardinality, 2 * cardinality};
  const std::uint32_t run_bytes = 2 + 4 * runs;
  if (runs_allowed && cardinality != 0 && run_bytes < form.bytes) {
    form = {ContainerKind::kRun, cardinality, run_bytes};
  }
  return form;
}

/// Runs where they take a quarter of the other form or less. Where they save little they are not
/// worth it: set operations on runs cost several times those on arrays and bits.
inline ContainerForm SwiftForm(std::uint32_t cardinality, std::uint32_t runs) {
  const ContainerForm plain = BestForm(cardinality, runs, false);
  const ContainerForm best = BestForm(cardinality, runs);
  return 4 * best.bytes <= plain.bytes ? best : plain;
}

struct BitCounts {
  std::uint32_t bits;
  std::uint32_t runs;
};
BitCounts CountBitsAndRuns(const Words& words);

/// Calls body(first, last) for every run of set bits, each as long as possible.
template <class Body>
void ForEachRun(const Words& words, Body body) {
  constexpr std::uint64_t kAllBits = ~std::uint64_t{0};
  constexpr std::uint32_t kLastWord = kBitsetWords - 1;
  std::uint32_t i = 0;
  std::uint64_t word = words[0];
  while (true) {
    while (word == 0 && i < kLastWord) word = words[++i];
    if (word == 0) return;
    const std::uint32_t first = i * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
    std::uint64_t filled = word | (word - 1);
    while (filled == kAllBits && i < kLastWord) filled = words[++i];
    const std::uint32_t end = i * 64 + static_cast<std::uint32_t>(std::countr_one(filled));
    body(first, end - 1);
    if (filled == kAllBits) return;
    word = filled & (filled + 1);
  }
}

/// Calls body(value) for every set bit.
template <class Body>
void ForEachBit(const Words& words, Body body) {
  for (std::uint32_t i = 0; i < kBitsetWords; ++i) {
    for (std::uint64_t word = words[i]; word != 0; word &= word - 1) {
      body(i * 64 + static_cast<std::uint32_t>(std::countr_zero(word)));
    }
  }
}

/// Writes a container of `form`: `for_each_run(body)` gives its runs in order.
template <class Runs>
void WriteRunsAs(const ContainerForm& form, Runs for_each_run, std::byte* out) {
  if (form.kind == ContainerKind::kArray) {
    for_each_run([&out](std::uint32_t first, std::uint32_t last) {
      for (std::uint32_t value = first; value <= last; ++value, out += 2) {
        StoreAt(out, static_cast<std::uint16_t>(value));
      }
    });
    return;
  }
  if (form.kind == ContainerKind::kBitset) {
    Words words = {};
    for_each_run(
        [&words](std::uint32_t first, std::uint32_t last) { SetBits(&words, first, last); });
    std::memcpy(out, words.data(), kBitsetBytes);
    return;
  }
  StoreAt(out, static_cast<std::uint16_t>(form.bytes / 4));
  out += 2;
  for_each_run([&out](std::uint32_t first, std::uint32_t last) {
    StoreAt(out, static_cast<std::uint16_t>(first));
    StoreAt(out + 2, static_cast<std::uint16_t>(last - first));
    out += 4;
  });
}

}  // namespace cdp::bitmap
