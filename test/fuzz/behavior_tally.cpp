/// Arbitrary bytes as a tally, sealed or a state: what the door accepts stays what it is and adds
/// to itself; what it refuses must not harm who reads it all the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory_resource>
#include <vector>

#include "core/behavior/funnel_split.h"
#include "core/behavior/timeline_distribution.h"
#include "core/behavior/timeline_intervals.h"
#include "core/behavior/timeline_retention.h"

namespace {

using namespace cdp;
using namespace cdp::behavior;
using Payload = std::span<const std::byte>;

auto* const kMemory = std::pmr::new_delete_resource();

/// Whatever it is a tally of.
void Read(Payload bytes) {
  const TallyView view(bytes);
  TopOfTally(view, 3, kMemory);
  const std::int64_t edges[] = {-5, 0, 7};
  DistributionOf(view, std::nullopt, kMemory);
  DistributionOf(view, edges, kMemory);
  if (view.shape().kind == TallyKind::kIntervals) {
    const IntervalCounts counts(view, kMemory);
    counts.Bins(kMemory);
    counts.Quantile(0.5);
  }
  if (view.shape().kind == TallyKind::kFunnel) SplitOf(view, kMemory);
  // A matrix of many cohorts and periods would only take time.
  if (view.shape().kind == TallyKind::kRetention && view.size() < 100) {
    RetentionOf(view, Day{0}, kMemory);
  }
}

/// As a state of an aggregate that comes from another process: its rows go into another one.
void Take(Payload bytes) {
  TallyHeader header{};
  if (bytes.size() + kTallyLengthWord < sizeof(header)) return;
  std::memcpy(reinterpret_cast<std::byte*>(&header) + kTallyLengthWord, bytes.data(),
              sizeof(header) - kTallyLengthWord);
  if (header.parts == 0 || header.parts > kMaxTallyParts) return;
  std::pmr::monotonic_buffer_resource arena;
  TallyTable table(header.shape(), &arena);
  table.Merge(bytes);
  SealTally(table, kMemory);
}

template <class Work>
void Try(Work&& work) {
  try {
    work();
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Payload bytes(reinterpret_cast<const std::byte*>(data), size);
  Try([&] { Read(bytes); });
  Try([&] { Take(bytes); });
  Try([&] {
    const auto sealed = CheckedTally(bytes, ErrorCode::kInvalidBinary, kMemory);
    const TallyView view(sealed);
    std::pmr::monotonic_buffer_resource arena;
    TallyTable table(view.shape(), &arena);
    table.Merge(sealed);
    if (!std::ranges::equal(SealTally(table, kMemory), sealed)) std::abort();
    Try([&] { Read(sealed); });
    table.Merge(sealed);
    const auto twice = SealTally(table, kMemory);
    if (TallyView(twice).size() != view.size()) std::abort();
  });
  return 0;
}
