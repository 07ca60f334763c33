/// Records that carry an instant and a small value, as they wait in aggregate states.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/base/stop.h"
#include "core/base/time.h"

namespace cdp::timeline {

/// Twelve bytes at any multiple of four: states hold millions, and a value inside a tuple is only
/// aligned to four.
template <class Value>
struct [[gnu::packed, gnu::aligned(4)]] Stamped {
  Micros at;
  Value value;

  friend bool operator<(const Stamped& a, const Stamped& b) {
    return a.at < b.at || (a.at == b.at && a.value < b.value);
  }
  friend bool operator==(const Stamped& a, const Stamped& b) {
    return a.at == b.at && a.value == b.value;
  }
};

/// Merges two sorted sequences into `out`, which has room for both and overlaps neither.
template <class Record>
void MergeSorted(std::span<const Record> a, std::span<const Record> b, Record* out) {
  StopTicker ticker;
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    *out++ = *right < *left ? *right++ : *left++;
    ticker.Step();
  }
  out = std::copy(left, a.end(), out);
  std::copy(right, b.end(), out);
}

/// Sorts by (instant, value) and can be stopped; `memory` lends room for a copy when the records
/// are many. What is sorted already costs one comparison a record.
template <class Record>
void SortStamped(std::span<Record> records, std::pmr::memory_resource* memory) {
  // Pieces that std::sort, which cannot be stopped, finishes within a few milliseconds.
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  const std::size_t count = records.size();
  for (std::size_t from = 0; from < count; from += kPiece) {
    const auto piece = records.subspan(from, std::min(kPiece, count - from));
    if (!std::is_sorted(piece.begin(), piece.end())) std::sort(piece.begin(), piece.end());
    CheckStop();
  }
  if (count <= kPiece || std::is_sorted(records.begin(), records.end())) return;

  std::pmr::vector<Record> room(count, memory);
  std::span<Record> source = records;
  std::span<Record> target = room;
  for (std::size_t run = kPiece; run < count; run *= 2) {
    for (std::size_t from = 0; from < count; from += 2 * run) {
      const std::size_t middle = std::min(from + run, count);
      const std::size_t end = std::min(middle + run, count);
      MergeSorted<Record>(source.subspan(from, middle - from), source.subspan(middle, end - middle),
                          target.data() + from);
    }
    std::swap(source, target);
  }
  if (source.data() != records.data()) std::copy(source.begin(), source.end(), records.begin());
}

}  // namespace cdp::timeline
