/// Sorting and merging of many records, which answer to interrupts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <memory_resource>
#include <span>
#include <utility>

#include "core/base/copy.h"
#include "core/base/room.h"
#include "core/base/stop.h"

namespace cdp {

/// Merges two sorted sequences into `out`, which has room for both and overlaps neither, except
/// that it may be so far before `b` that `a` just fits in between.
template <class Record, class Less = std::less<>>
void MergeSorted(std::span<const Record> a, std::span<const Record> b, Record* out,
                 Less less = {}) {
  StopTicker ticker;
  const Record* left = a.data();
  const Record* const left_end = left + a.size();
  const Record* right = b.data();
  const Record* const right_end = right + b.size();
  while (left != left_end && right != right_end) {
    *out++ = less(*right, *left) ? *right++ : *left++;
    ticker.Step();
  }
  CopyRecords<Record>(out, {left, left_end});
  out += left_end - left;
  if (right == out) return;
  MoveBytes(reinterpret_cast<std::byte*>(out), reinterpret_cast<const std::byte*>(right),
            static_cast<std::size_t>(right_end - right) * sizeof(Record));
}

/// Merges the sorted records before `middle` with the sorted ones from there on; `memory` lends
/// room for those before it that are not in their place already.
template <class Record, class Less = std::less<>>
void MergeRuns(std::span<Record> records, std::size_t middle, std::pmr::memory_resource* memory,
               Less less = {}) {
  if (middle == 0 || middle == records.size()) return;
  const auto first =
      std::upper_bound(records.begin(), records.begin() + middle, records[middle], less);
  const std::span<const Record> displaced(first, records.begin() + middle);
  if (displaced.empty()) return;
  const Room<Record> late(displaced.size(), memory);
  CopyRecords(late.data(), displaced);
  MergeSorted<Record>(late.records(), records.subspan(middle), std::to_address(first), less);
}

/// Sorts and can be stopped; `memory` lends room for a copy when the records are many or come in
/// sorted runs. What is sorted already costs one comparison a record, a few runs one merge each.
template <class Record, class Less = std::less<>>
void SortPolled(std::span<Record> records, std::pmr::memory_resource* memory, Less less = {}) {
  const std::size_t count = records.size();
  // Where runs begin, given up when they are many or short.
  constexpr std::size_t kMaxRuns = 32;
  constexpr std::size_t kMinRun = 8;
  std::size_t begins[kMaxRuns + 1] = {};
  std::size_t runs = 1;
  StopTicker ticker;
  for (std::size_t i = 1; i < count && runs <= kMaxRuns; ++i) {
    if (less(records[i], records[i - 1])) begins[runs++] = i;
    ticker.Step();
  }
  if (runs == 1) return;
  if (runs <= kMaxRuns && count >= runs * kMinRun) {
    begins[runs] = count;
    // Neighbours first, so that each record is moved log2(runs) times.
    for (std::size_t width = 1; width < runs; width *= 2) {
      for (std::size_t run = 0; run + width < runs; run += 2 * width) {
        const std::size_t begin = begins[run];
        const std::size_t end = begins[std::min(run + 2 * width, runs)];
        MergeRuns(records.subspan(begin, end - begin), begins[run + width] - begin, memory, less);
      }
    }
    return;
  }

  // Pieces that std::sort, which cannot be stopped, finishes within a few milliseconds.
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  bool sorted = true;
  for (std::size_t from = 0; from < count; from += kPiece) {
    const auto piece = records.subspan(from, std::min(kPiece, count - from));
    if (!std::is_sorted(piece.begin(), piece.end(), less)) {
      std::sort(piece.begin(), piece.end(), less);
    }
    sorted = sorted && (from == 0 || !less(piece.front(), records[from - 1]));
    CheckStop();
  }
  if (sorted) return;

  const Room<Record> room(count, memory);
  std::span<Record> source = records;
  std::span<Record> target = room.records();
  for (std::size_t run = kPiece; run < count; run *= 2) {
    for (std::size_t from = 0; from < count; from += 2 * run) {
      const std::size_t middle = std::min(from + run, count);
      const std::size_t end = std::min(middle + run, count);
      MergeSorted<Record>(source.subspan(from, middle - from), source.subspan(middle, end - middle),
                          target.data() + from, less);
    }
    std::swap(source, target);
  }
  if (source.data() != records.data()) CopyRecords<Record>(records.data(), source);
}

/// The same without room, for records that are large or cannot be copied as bytes: an addition more
/// for each comparison. A stop leaves the records useless: one may stand twice and another nowhere.
template <class Record, class Less = std::less<>>
void SortPolledInPlace(std::span<Record> records, Less less = {}) {
  StopTicker ticker;
  std::sort(records.begin(), records.end(), [&ticker, &less](const Record& a, const Record& b) {
    ticker.Step();
    return less(a, b);
  });
}

}  // namespace cdp
