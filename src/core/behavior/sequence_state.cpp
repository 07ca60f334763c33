#include "core/behavior/sequence_state.h"

#include <algorithm>
#include <string>

#include "core/base/bytes.h"
#include "core/behavior/instant_match.h"
#include "core/behavior/sequence_match.h"
#include "core/timeline/timeline_format.h"

namespace cdp::behavior {
namespace {

constexpr char kWhat[] = "sequence state";

template <class Hit>
void CheckHits(std::span<const Hit> hits, const SequenceStateHeader& header, const ByteReader& in) {
  StopTicker ticker;
  for (const Hit& hit : hits) {
    if (hit.at < timeline::kMinInstant || hit.at >= timeline::kEndInstant) {
      in.Corrupt("An instant is out of range.");
    }
    if (hit.value == 0 || (hit.value & ~LowBits(header.conditions)) != 0) {
      in.Corrupt("A row fills conditions that do not exist.");
    }
    ticker.Step();
  }
  if ((header.flags & kHitsUnsorted) == 0 && !std::is_sorted(hits.begin(), hits.end())) {
    in.Corrupt("The rows are not in order.");
  }
}

void CheckContent(std::span<const std::byte> bytes) {
  const SequenceStateView state = ReadSequenceState(bytes);
  const ByteReader in(bytes, kWhat);
  if (bytes.size() != state.size()) in.Corrupt("Something follows the rows.");
  const std::byte* padding = reinterpret_cast<const std::byte*>(state.pattern.end());
  if (std::any_of(padding, state.hits.data(), [](std::byte b) { return b != std::byte{0}; })) {
    in.Corrupt("Something follows the pattern.");
  }
  std::pmr::monotonic_buffer_resource memory;
  try {
    ParseSequencePattern(state.pattern, state.header.conditions, &memory);
  } catch (const PatternError&) {
    in.Corrupt("The pattern does not parse.");
  }
  state.WithHits([&](auto hits) { CheckHits(hits, state.header, in); });
}

/// Calls use(hits) with the state's hits in their total order.
template <class Use>
void WithSorted(const SequenceStateView& state, std::pmr::memory_resource* memory, Use&& use) {
  state.WithHits([&]<class Hit>(std::span<const Hit> hits) {
    if ((state.header.flags & kHitsUnsorted) == 0) return use(hits);
    std::pmr::vector<Hit> copy(hits.begin(), hits.end(), memory);
    SortPolled<Hit>(copy, memory);
    use(std::span<const Hit>(copy));
  });
}

}  // namespace

SequenceStateView ReadSequenceState(std::span<const std::byte> bytes) {
  ByteReader in(bytes, kWhat);
  SequenceStateView state{};
  state.header = in.Read<SequenceStateHeader>();
  const SequenceStateHeader& header = state.header;
  if (header.version != kSequenceStateVersion || (header.flags & ~kHitsUnsorted) != 0 ||
      header.zero != 0) {
    throw Error(ErrorCode::kCorruptData, "unrecognized sequence state format",
                "The value begins with version " + std::to_string(header.version) + ", not " +
                    std::to_string(kSequenceStateVersion) + ".");
  }
  if (header.conditions == 0 || header.conditions > kMaxConditions) {
    in.Corrupt("The number of conditions is out of range.");
  }
  if (header.pattern_bytes > kMaxPatternBytes || header.pattern_records() > header.used) {
    in.Corrupt("The pattern is longer than it can be.");
  }
  if (header.used > in.left() / header.record_bytes())
    in.Corrupt("The rows are fewer than it says.");
  const auto text = in.ReadSpan(header.pattern_records() * header.record_bytes());
  state.pattern = {reinterpret_cast<const char*>(text.data()), header.pattern_bytes};
  state.hits = in.ReadSpan((header.used - header.pattern_records()) * header.record_bytes());
  return state;
}

void CheckSequenceState(std::span<const std::byte> bytes, ErrorCode code) {
  try {
    CheckContent(bytes);
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail(), error.hint());
  }
}

std::int64_t CountMatches(const SequenceStateView& state, std::int64_t limit,
                          std::pmr::memory_resource* memory) {
  const SequencePattern pattern =
      ParseSequencePattern(state.pattern, state.header.conditions, memory);
  std::int64_t count = 0;
  WithSorted(state, memory, [&](auto hits) {
    SequenceScan scan(pattern, memory);
    for (const auto& hit : hits) {
      if (scan.Feed(hit.at, hit.value) && ++count >= limit) break;
    }
  });
  return count;
}

std::pmr::vector<Micros> FirstMatch(const SequenceStateView& state,
                                    std::pmr::memory_resource* memory) {
  const SequencePattern pattern =
      ParseSequencePattern(state.pattern, state.header.conditions, memory);
  std::pmr::vector<Micros> chain(memory);
  WithSorted(state, memory, [&](auto hits) {
    SequenceScan scan(pattern, memory);
    std::size_t end = 0;
    while (end < hits.size() && !scan.Feed(hits[end].at, hits[end].value)) ++end;
    if (end == hits.size()) return;
    std::pmr::vector<Seen> events(memory);
    events.reserve(end + 1);
    for (const auto& hit : hits.first(end + 1)) events.push_back({hit.at, hit.value});
    WriteMatchChain(pattern, events, memory, &chain);
  });
  return chain;
}

}  // namespace cdp::behavior
