#include "core/behavior/funnel_state.h"

#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/behavior/funnel_chain.h"
#include "core/behavior/funnel_scan.h"
#include "core/timeline/timeline_format.h"

namespace cdp::behavior {
namespace {

constexpr char kWhat[] = "funnel state";

template <class Hit>
void CheckHits(std::span<const Hit> hits, const FunnelStateView& state, const ByteReader& in) {
  StopTicker ticker;
  bool sorted = true;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const Hit hit = hits[i];
    if (hit.at < timeline::kMinInstant || hit.at >= timeline::kEndInstant) {
      in.Corrupt("An instant is out of range.");
    }
    // Only strict_order wants to know of rows that fill nothing.
    if ((hit.value == 0 && !state.mode.order) ||
        (hit.value & ~LowBits(state.header.conditions)) != 0) {
      in.Corrupt("A row fills conditions that do not exist.");
    }
    sorted = sorted && (i == 0 || hits[i - 1].at <= hit.at);
    ticker.Step();
  }
  if (!sorted && (state.header.flags & kHitsUnsorted) == 0) {
    in.Corrupt("The rows are not in order.");
  }
}

void CheckContent(std::span<const std::byte> bytes) {
  const FunnelStateView state = ReadFunnelState(bytes);
  const ByteReader in(bytes, kWhat);
  if (bytes.size() != sizeof(FunnelStateHeader) + state.hits.size()) {
    in.Corrupt("Something follows the rows.");
  }
  state.WithHits([&](auto hits) { CheckHits(hits, state, in); });
}

/// Calls use(hits) with the state's hits in order of time.
template <class Use>
int WithSorted(const FunnelStateView& state, std::pmr::memory_resource* memory, Use&& use) {
  return state.WithHits([&]<class Hit>(std::span<const Hit> hits) {
    if ((state.header.flags & kHitsUnsorted) == 0) return use(hits);
    std::pmr::vector<Hit> copy(hits.begin(), hits.end(), memory);
    SortPolled<Hit>(copy, memory);
    return use(std::span<const Hit>(copy));
  });
}

struct Outcome {
  int depth;
  Micros begun;
};

template <class Hit>
Outcome Scan(std::span<const Hit> hits, const FunnelStateView& state) {
  // Bytes that rotted may name conditions that do not exist.
  const std::uint64_t existing = LowBits(state.header.conditions);
  return WithScan(state.mode, state.header.conditions, state.header.window(),
                  [&](auto& scan) -> Outcome {
                    StopTicker ticker;
                    bool done = false;
                    for (const Hit& hit : hits) {
                      if (done && hit.at != scan.reached()) break;
                      done = scan.Feed(hit.at, hit.value & existing);
                      ticker.Step();
                    }
                    const int depth = scan.Finish();
                    return {depth, scan.begun()};
                  });
}

}  // namespace

FunnelStateView ReadFunnelState(std::span<const std::byte> bytes) {
  ByteReader in(bytes, kWhat);
  FunnelStateView state{};
  state.header = in.Read<FunnelStateHeader>();
  const FunnelStateHeader& header = state.header;
  if (header.version != kFunnelStateVersion || (header.flags & ~kHitsUnsorted) != 0) {
    throw Error(ErrorCode::kCorruptData, "unrecognized funnel state format",
                "The value begins with version " + std::to_string(header.version) + ", not " +
                    std::to_string(kFunnelStateVersion) + ".");
  }
  if (header.conditions == 0 || header.conditions > kMaxConditions ||
      (header.window_high >> 31) != 0) {
    in.Corrupt("The number of conditions or the window is out of range.");
  }
  state.mode = UnpackFunnelMode(header.mode);
  const std::size_t hit_bytes = header.wide() ? sizeof(WideHit) : sizeof(NarrowHit);
  if (header.used > in.left() / hit_bytes) in.Corrupt("The rows are fewer than it says.");
  state.hits = in.ReadSpan(header.used * hit_bytes);
  return state;
}

void CheckFunnelState(std::span<const std::byte> bytes, ErrorCode code) {
  try {
    CheckContent(bytes);
  } catch (const Error& error) {
    throw Error(code, error.what(), error.detail(), error.hint());
  }
}

int FunnelDepth(const FunnelStateView& state, std::pmr::memory_resource* memory) {
  return WithSorted(state, memory, [&](auto hits) { return Scan(hits, state).depth; });
}

int FunnelChain(const FunnelStateView& state, std::pmr::memory_resource* memory, Micros* out) {
  return WithSorted(state, memory, [&](auto hits) {
    const Outcome outcome = Scan(hits, state);
    WriteFunnelChain(hits, state.mode, outcome.depth, outcome.begun, out);
    return outcome.depth;
  });
}

}  // namespace cdp::behavior
