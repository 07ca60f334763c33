/// Judges bytes that come through a door.
#pragma once

#include <cstring>
#include <memory_resource>
#include <span>

#include "core/base/copy.h"
#include "core/base/error.h"
#include "core/timeline/timeline_view.h"

namespace cdp::timeline {

/// Returns when the bytes are exactly what the writer makes of some list of events, and throws an
/// error of kind `code` otherwise. `memory` lends room where a column has a dictionary.
void CheckImage(std::span<const std::byte> image, ErrorCode code,
                std::pmr::memory_resource* memory);

/// The same of a timeline whose image would have so many bytes; the error is kCorruptData.
void CheckView(const View& view, std::size_t image_bytes, std::pmr::memory_resource* memory);

/// What the events of a build form can have.
enum class RecordKind : std::uint8_t { kEvent = 0, kValued = 1, kFull = 2 };

/// Calls use.operator()<Record>() with the record of a kind.
template <class Use>
decltype(auto) WithRecord(RecordKind kind, Use&& use) {
  switch (kind) {
    case RecordKind::kEvent:
      return use.template operator()<Event>();
    case RecordKind::kValued:
      return use.template operator()<ValuedEvent>();
    default:
      return use.template operator()<FullEvent>();
  }
}

template <class Record>
inline constexpr RecordKind kKindOf = kRoom<Record> < 0    ? RecordKind::kEvent
                                      : kRoom<Record> == 1 ? RecordKind::kValued
                                                           : RecordKind::kFull;

/// The narrowest kind of record that has these columns: bit 0 a value, bit i property i.
constexpr RecordKind KindOfColumns(std::uint8_t columns) {
  return columns == 0 ? RecordKind::kEvent : columns < 4 ? RecordKind::kValued : RecordKind::kFull;
}

/// The one that holds everything of a timeline's events.
inline RecordKind KindOf(const View& view) { return KindOfColumns(view.header().flags); }

/// The flags of a build form: bit 0 is set once an event came out of order, bits 1-2 are the kind.
inline constexpr std::uint8_t kUnsorted = 1;
constexpr std::uint8_t KindFlags(RecordKind kind) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(kind) << 1);
}

/// The events of a build form (see docs/formats.md), in no order, and whether they were seen to be
/// sorted.
struct BuildView {
  RecordKind kind;
  bool sorted;
  std::size_t count;
  const std::byte* records;  ///< unaligned

  /// Writes all events at `out` as records of a kind that has room for them, or more.
  template <class To>
  void CopyTo(To* out) const {
    if (count == 0) return;
    WithRecord(kind, [&]<class From>() {
      if constexpr (kRoom<From> == kRoom<To>) {
        CopyBytes(reinterpret_cast<std::byte*>(out), records, count * sizeof(To));
      } else {
        StopTicker ticker;
        for (std::size_t i = 0; i < count; ++i) {
          From record;
          std::memcpy(static_cast<void*>(&record), records + i * sizeof(From), sizeof(From));
          out[i] = ConvertEvent<To>(record);
          ticker.Step();
        }
      }
    });
  }
};

/// Throws kCorruptData when the events do not lie within the bytes.
BuildView ReadBuildForm(std::span<const std::byte> bytes);

}  // namespace cdp::timeline
