#include "core/bitmap/bitmap_rank.h"

#include <algorithm>
#include <bit>

#include "core/bitmap/container_words.h"

namespace cdp::bitmap {
namespace {

constexpr std::uint64_t kAllValues = std::uint64_t{1} << 32;

std::uint32_t CountBelow(const Container& container, std::uint32_t low) {
  std::uint32_t count = 0;
  switch (container.kind) {
    case ContainerKind::kArray: {
      std::uint32_t end = container.cardinality;
      while (count < end) {
        const std::uint32_t middle = count + (end - count) / 2;
        if (container.Value(middle) < low) {
          count = middle + 1;
        } else {
          end = middle;
        }
      }
      break;
    }
    case ContainerKind::kBitset:
      if (low == 0) break;
      ForEachWord(0, low - 1, [&](std::uint32_t i, std::uint64_t mask) {
        count += static_cast<std::uint32_t>(std::popcount(container.Word(i) & mask));
      });
      break;
    case ContainerKind::kRun:
      for (std::uint32_t i = 0; i < container.runs && container.RunStart(i) < low; ++i) {
        count += std::min(CheckedRunLast(container, i), low - 1) - container.RunStart(i) + 1;
      }
      break;
  }
  return count;
}

// The bit with `rank` set ones below it in the word.
std::uint32_t BitAt(std::uint64_t word, std::uint32_t rank) {
  while (rank-- != 0) word &= word - 1;
  return static_cast<std::uint32_t>(std::countr_zero(word));
}

std::uint32_t ValueAt(const Container& container, std::uint32_t rank) {
  switch (container.kind) {
    case ContainerKind::kArray:
      return container.Value(rank);
    case ContainerKind::kBitset:
      for (std::uint32_t i = 0; i < kBitsetWords; ++i) {
        const std::uint64_t word = container.Word(i);
        const auto count = static_cast<std::uint32_t>(std::popcount(word));
        if (rank < count) return i << 6 | BitAt(word, rank);
        rank -= count;
      }
      break;
    case ContainerKind::kRun:
      for (std::uint32_t i = 0; i < container.runs; ++i) {
        const std::uint32_t before = CheckedRunLast(container, i) - container.RunStart(i);
        if (rank <= before) return container.RunStart(i) + rank;
        rank -= before + 1;
      }
      break;
  }
  MalformedBitmap();
}

}  // namespace

std::uint64_t CountBelow(const BitmapView& view, std::uint64_t value) {
  if (value >= kAllValues) return view.Cardinality();
  const auto key = static_cast<std::uint32_t>(value >> 16);
  const std::uint32_t at = view.Find(key);
  std::uint64_t count = 0;
  for (std::uint32_t i = 0; i < at; ++i) count += view.ContainerCardinality(i);
  const auto low = static_cast<std::uint32_t>(value & 0xffff);
  if (low != 0 && at < view.containers() && view.Key(at) == key) {
    count += CountBelow(view.At(at), low);
  }
  return count;
}

std::uint32_t ValueAt(const BitmapView& view, std::uint64_t rank) {
  for (std::uint32_t i = 0; i < view.containers(); ++i) {
    const std::uint32_t cardinality = view.ContainerCardinality(i);
    if (rank < cardinality) {
      const Container container = view.At(i);
      return container.high | ValueAt(container, static_cast<std::uint32_t>(rank));
    }
    rank -= cardinality;
  }
  MalformedBitmap();
}

std::optional<std::uint32_t> FirstFrom(const BitmapView& view, std::uint32_t value) {
  const std::uint32_t i = view.Find(value >> 16);
  if (i == view.containers()) return std::nullopt;
  const Container container = view.At(i);
  if (container.high > value) return container.high | container.Min();
  const std::uint32_t below = CountBelow(container, value & 0xffff);
  if (below < container.cardinality) return container.high | ValueAt(container, below);
  if (i + 1 == view.containers()) return std::nullopt;
  const Container next = view.At(i + 1);
  return next.high | next.Min();
}

}  // namespace cdp::bitmap
