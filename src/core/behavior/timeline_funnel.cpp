#include "core/behavior/timeline_funnel.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/behavior/funnel_chain.h"

namespace cdp::behavior {

using timeline::TimeReader;
using timeline::View;

TimelineFunnel::TimelineFunnel(std::span<const std::int32_t> steps, std::uint64_t window,
                               FunnelMode mode)
    : steps_(static_cast<int>(steps.size())), window_(window), mode_(mode) {
  if (steps.empty() || steps.size() > kMaxSteps) {
    throw Error(ErrorCode::kInvalidArgument,
                "funnel has " + std::to_string(steps.size()) + " steps",
                "A funnel has 1 to " + std::to_string(kMaxSteps) + " steps.");
  }
  for (int step = 0; step < steps_; ++step) table_.Add(steps[step], step);
  plain_ = AsksPlain();
}

bool TimelineFunnel::HasFirst(const View& view) const {
  return timeline::WithCodes(view, [&](auto codes) {
    for (std::size_t i = 0; i < view.count(); ++i) {
      if ((table_.Fills(codes[i]) & 1) != 0) return true;
    }
    return false;
  });
}

void TimelineFunnel::WalkBlocks(const View& view, StepHit* hits, bool (*use)(void*, std::size_t),
                                void* called) const {
  ForEachHitBlock(view, table_, filter_, mode_.order, hits,
                  [&](std::size_t count) { return use(called, count); });
}

int TimelineFunnel::DepthWithin(const View& view, int reach) const {
  if (reach == 0) return 0;
  if (reach == 1 && table_.single() && IsPlain(view)) {
    return StepRows(view, table_, filter_, 1).FirstFrom(0, 0) != StepRows::kNone ? 1 : 0;
  }
  if (reach == 1 && filter_ == nullptr) return HasFirst(view) ? 1 : 0;
  if (plain_ && IsPlain(view)) {
    const PlainChain chain(view, table_, filter_, reach, window_);
    if (!chain.tied()) return chain.depth();
  }
  StepHit hits[TimeReader::kBlock];
  return WithScan(mode_, reach, window_, [&](auto& scan) {
    ForEachBlock(view, hits, [&](std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        if (scan.Feed(hits[i].at, hits[i].fills)) return true;
      }
      return false;
    });
    return scan.Finish();
  });
}

void TimelineFunnel::Depths(const View& view, std::span<const std::uint64_t> windows,
                            std::pmr::memory_resource* memory, int* out) const {
  const int reach = Reach(view);
  if (reach == 0) {
    std::fill(out, out + windows.size(), 0);
    return;
  }
  StepHit hits[TimeReader::kBlock];
  WithScan(mode_, reach, window_, [&]<class Scan>(Scan& fresh) {
    struct Asked {
      Scan scan;
      bool done;
    };
    std::pmr::vector<Asked> all(windows.size(), Asked{fresh, false}, memory);
    for (std::size_t w = 0; w < windows.size(); ++w) all[w].scan.SetWindow(windows[w]);
    ForEachBlock(view, hits, [&](std::size_t count) {
      bool done = true;
      for (Asked& asked : all) {
        for (std::size_t i = 0; i < count && !asked.done; ++i) {
          asked.done = asked.scan.Feed(hits[i].at, hits[i].fills);
        }
        done &= asked.done;
      }
      return done;
    });
    for (Asked& asked : all) *out++ = asked.scan.Finish();
    return 0;
  });
}

int TimelineFunnel::ChainWithin(const View& view, int reach, Micros* out) const {
  if (reach == 0) return 0;
  if (plain_ && IsPlain(view)) {
    PlainChain chain(view, table_, filter_, reach, window_);
    if (!chain.tied()) {
      chain.Write(out);
      return chain.depth();
    }
  }
  struct Outcome {
    int depth;
    Micros begun;
  };
  // Of the last block: those of all events in most timelines.
  StepHit hits[TimeReader::kBlock];
  std::size_t hit_count = 0;
  const Outcome outcome = WithScan(mode_, reach, window_, [&](auto& scan) -> Outcome {
    // Once all steps are reached only the other events of that instant count.
    bool done = false;
    ForEachBlock(view, hits, [&](std::size_t count) {
      hit_count = count;
      for (std::size_t i = 0; i < count; ++i) {
        if (done && hits[i].at != scan.reached()) return true;
        done = scan.Feed(hits[i].at, hits[i].fills);
      }
      return false;
    });
    const int depth = scan.Finish();
    return {depth, scan.begun()};
  });
  if (outcome.depth == 0) return 0;
  if (outcome.depth == 1) {
    out[0] = outcome.begun;
    return 1;
  }
  ChainWalk walk(mode_, outcome.depth, outcome.begun, out);
  const auto follow = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (walk.Feed(hits[i].at, hits[i].fills)) return true;
    }
    return false;
  };
  bool complete = false;
  if (view.count() <= TimeReader::kBlock) {
    complete = follow(hit_count);
  } else {
    ForEachBlock(view, hits, [&](std::size_t count) { return complete = follow(count); });
  }
  if (!complete) walk.Finish();
  return outcome.depth;
}

int TimelineFunnel::Spans(const View& view, std::uint64_t* out) const {
  const int reach = Reach(view);
  if (reach < 2) return DepthWithin(view, reach);
  Micros chain[kMaxSteps];
  const int depth = ChainWithin(view, reach, chain);
  for (int i = 1; i < depth; ++i) out[i - 1] = Elapsed(chain[i - 1], chain[i]);
  return depth;
}

}  // namespace cdp::behavior
