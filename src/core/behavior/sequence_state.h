/// What the sequence aggregates know of one group: the pattern and the rows that fill a condition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/time.h"
#include "core/behavior/hit.h"

namespace cdp::behavior {

inline constexpr std::uint8_t kSequenceStateVersion = 1;

/// The bytes before the records, as docs/formats.md says. The first records are the pattern's text,
/// filled up with zeros, the others are hits.
struct SequenceStateHeader {
  std::uint8_t version;
  std::uint8_t flags;
  std::uint8_t conditions;
  std::uint8_t zero;
  std::uint32_t used;  ///< records; more room may follow
  std::uint32_t pattern_bytes;

  bool wide() const { return conditions > kNarrowConditions; }
  std::size_t record_bytes() const { return wide() ? sizeof(WideHit) : sizeof(NarrowHit); }
  std::size_t pattern_records() const {
    return (pattern_bytes + record_bytes() - 1) / record_bytes();
  }
};
static_assert(sizeof(SequenceStateHeader) == 12);

/// A stored state, read in place.
struct SequenceStateView {
  SequenceStateHeader header;
  std::string_view pattern;
  std::span<const std::byte> hits;

  /// Calls use(hits) with a span of NarrowHit or WideHit.
  template <class Use>
  auto WithHits(Use&& use) const {
    if (header.wide()) return use(As<WideHit>());
    return use(As<NarrowHit>());
  }

  template <class Hit>
  std::span<const Hit> As() const {
    return {reinterpret_cast<const Hit*>(hits.data()), hits.size() / sizeof(Hit)};
  }

  /// Bytes without spare room.
  std::size_t size() const {
    return sizeof(SequenceStateHeader) + header.used * header.record_bytes();
  }
};

/// Throws kCorruptData when the bytes are no state. Does not judge the pattern.
SequenceStateView ReadSequenceState(std::span<const std::byte> bytes);

/// Judges bytes that come through a door: also the pattern, that nothing follows the hits and that
/// each is one that a row can leave. Throws an error of kind `code`.
void CheckSequenceState(std::span<const std::byte> bytes, ErrorCode code);

/// How many matches follow each other, at most `limit`.
std::int64_t CountMatches(const SequenceStateView& state, std::int64_t limit,
                          std::pmr::memory_resource* memory);

/// The times of the events that the pattern names in the first match; empty when there is none.
std::pmr::vector<Micros> FirstMatch(const SequenceStateView& state,
                                    std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
