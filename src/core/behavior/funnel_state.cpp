#include "core/behavior/funnel_state.h"

#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/behavior/funnel_scan.h"
#include "core/timeline/timeline_format.h"

namespace cdp::behavior {
namespace {

constexpr char kWhat[] = "funnel state";

void CheckContent(std::span<const std::byte> bytes) {
  const FunnelStateView state = ReadFunnelState(bytes);
  const ByteReader in(bytes, kWhat);
  if (bytes.size() != sizeof(FunnelStateHeader) + state.hits.size_bytes()) {
    in.Corrupt("Something follows the rows.");
  }
  StopTicker ticker;
  bool sorted = true;
  for (std::size_t i = 0; i < state.hits.size(); ++i) {
    const Hit hit = state.hits[i];
    if (hit.at < timeline::kMinInstant || hit.at >= timeline::kEndInstant) {
      in.Corrupt("An instant is out of range.");
    }
    if (hit.value == 0 || (hit.value & ~LowBits(state.header.conditions)) != 0) {
      in.Corrupt("A row fills conditions that do not exist.");
    }
    sorted = sorted && (i == 0 || state.hits[i - 1].at <= hit.at);
    ticker.Step();
  }
  if (!sorted && (state.header.flags & kHitsUnsorted) == 0)
    in.Corrupt("The rows are not in order.");
}

}  // namespace

FunnelStateView ReadFunnelState(std::span<const std::byte> bytes) {
  ByteReader in(bytes, kWhat);
  FunnelStateView state{};
  state.header = in.Read<FunnelStateHeader>();
  const FunnelStateHeader& header = state.header;
  if (header.version != kFunnelStateVersion || (header.flags & ~kHitsUnsorted) != 0 ||
      header.zero != 0) {
    throw Error(ErrorCode::kCorruptData, "unrecognized funnel state format",
                "The value begins with version " + std::to_string(header.version) + ", not " +
                    std::to_string(kFunnelStateVersion) + ".");
  }
  if (header.conditions == 0 || header.conditions > kMaxConditions ||
      (header.window_high >> 31) != 0) {
    in.Corrupt("The number of conditions or the window is out of range.");
  }
  if (header.used > in.left() / sizeof(Hit)) in.Corrupt("The rows are fewer than it says.");
  state.hits = {reinterpret_cast<const Hit*>(in.position()), header.used};
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
  std::span<const Hit> hits = state.hits;
  std::pmr::vector<Hit> copy(memory);
  if ((state.header.flags & kHitsUnsorted) != 0) {
    copy.assign(hits.begin(), hits.end());
    timeline::SortStamped<Hit>(copy, memory);
    hits = copy;
  }
  const FunnelMode plain;
  // Bytes that rotted may name conditions that do not exist.
  const std::uint64_t existing = LowBits(state.header.conditions);
  return WithScan(plain, state.header.conditions, state.header.window(), [&](auto& scan) {
    StopTicker ticker;
    for (const Hit& hit : hits) {
      if (scan.Feed(hit.at, hit.value & existing)) break;
      ticker.Step();
    }
    return scan.Finish();
  });
}

}  // namespace cdp::behavior
