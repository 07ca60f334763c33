#include "core/behavior/rule_scan.h"

#include <algorithm>
#include <bit>

#include "core/behavior/funnel_chain.h"

namespace cdp::behavior {

RuleScan::RuleScan(const FunnelRules& rules, std::pmr::memory_resource* memory)
    : rules_(rules), level_(memory), pending_(memory), attempts_(memory) {
  level_.reserve(static_cast<std::size_t>(rules.steps));
  for (int i = 0; i < rules.steps; ++i) level_.emplace_back(memory);
}

void RuleScan::Begin(bool all) {
  all_ = all;
  attempts_.clear();
  best_ = {};
  running_ = waiting_ = foreign_ = false;
  fills_ = twice_ = 0;
  if (Matches()) match_.Clear();
  if (rules_.entry == FunnelEntry::kLatest) Start();
}

void RuleScan::Collect(std::uint64_t fills) {
  const std::uint64_t steps = fills & LowBits(rules_.steps);
  twice_ |= fills_ & fills;
  fills_ |= fills;
  foreign_ |= steps == 0;
  if (Matches() && steps != 0) match_.Add(steps);
}

bool RuleScan::Flush() {
  const bool settled = Take(fills_);
  waiting_ = foreign_ = false;
  fills_ = twice_ = 0;
  if (Matches()) match_.Clear();
  ticker_.Step(static_cast<std::uint32_t>(rules_.steps));
  return settled;
}

void RuleScan::Start() {
  for (ChainQueue& chains : level_) chains.Clear();
  now_ = {};
  stopped_ = false;
  running_ = true;
  anchor_ = at_;
}

void RuleScan::Close() {
  running_ = false;
  if (now_.depth == 0) return;
  if (now_.depth > best_.depth) best_ = now_;
  if (all_) attempts_.push_back(now_);
}

/// Whether an event at this instant could take the attempt further.
bool RuleScan::CanGoOn() {
  if (stopped_ || now_.depth == rules_.steps) return false;
  for (int level = 1; level < rules_.steps; ++level) {
    if (level_[static_cast<std::size_t>(level)].At(at_, rules_.StepWindow(level)) != nullptr) {
      return true;
    }
  }
  return false;
}

bool RuleScan::Take(std::uint64_t fills) {
  if (rules_.entry != FunnelEntry::kLatest) {
    if (running_ && !CanGoOn()) {
      Close();
      if (rules_.entry == FunnelEntry::kFirst) return true;
      // Nothing is deeper, and what comes later loses.
      if (best_.depth == rules_.steps && !all_) return true;
    }
    if (!running_) {
      if ((fills & 1) == 0) return false;
      Start();
    }
  }
  const std::uint64_t met = rules_.Met(fills);
  stopped_ = Visit(fills & LowBits(rules_.steps)) || stopped_;
  Settle(met);
  return rules_.entry == FunnelEntry::kLatest && (stopped_ || now_.depth == rules_.steps);
}

/// Visits the steps that the instant fills, by the rules of the mode (StrictScan, OnceScan); true
/// when they end the attempt.
bool RuleScan::Visit(std::uint64_t fills) {
  const FunnelMode mode = rules_.mode;
  if (mode.order && foreign_ && now_.depth > 0) return true;
  const std::uint64_t met = rules_.Met(fills_);
  served_ = run_from_ = 0;
  if (Matches()) match_.Begin();
  for (; fills != 0; fills &= fills - 1) {
    const int step = std::countr_zero(fills);
    if (step > now_.depth) return mode.order && now_.depth > 0 && !mode.reentry;
    if (mode.deduplicate && step > 0 && step < now_.depth) return true;
    const bool reached = Reach(step, ServedFrom(step), met);
    // The step has come twice at once.
    if (reached && mode.deduplicate && step > 0 && (twice_ >> step & 1) != 0) return true;
  }
  return false;
}

/// The fewest steps that a chain must have had before this instant for it to fill the steps behind
/// them up to `step`.
int RuleScan::ServedFrom(int step) {
  if (rules_.mode.increase) return step;
  if (step != served_) {
    run_from_ = step;
    if (Matches()) match_.Begin();
  }
  if (Matches()) {
    while (!match_.Serve(step)) match_.Release(run_from_++);
  }
  served_ = step + 1;
  return run_from_;
}

/// Takes chains of `from` to `step` steps on to `step` + 1 steps; false when there is none.
bool RuleScan::Reach(int step, int from, std::uint64_t met) {
  const int level = step + 1;
  const int goes_on_from = met == 0 ? kMaxSteps + 1 : rules_.GoesOnFrom(met, level);
  bool reached = false;
  bool goes_on = false;
  Micros start = 0;
  Micros start_that_goes_on = 0;
  for (int before = from; before <= step; ++before) {
    Micros begun = at_;
    if (before == 0) {
      if (!MayBegin()) continue;
    } else {
      const auto* chain =
          level_[static_cast<std::size_t>(before)].At(at_, rules_.StepWindow(before));
      if (chain == nullptr) continue;
      begun = chain->start;
    }
    if (!reached || begun > start) start = begun;
    reached = true;
    if (before >= goes_on_from) continue;
    if (!goes_on || begun > start_that_goes_on) start_that_goes_on = begun;
    goes_on = true;
  }
  if (!reached) return false;
  if (level > now_.depth) now_ = {level, start, at_};
  if (goes_on && level < rules_.steps) {
    pending_.push_back(
        {level, {start_that_goes_on, at_, rules_.window.LastInstant(start_that_goes_on)}});
  }
  return true;
}

/// Ends what the instant excludes, and keeps what it made.
void RuleScan::Settle(std::uint64_t met) {
  for (; met != 0; met &= met - 1) {
    const Exclusion& exclusion = rules_.exclusions[static_cast<std::size_t>(std::countr_zero(met))];
    for (int level = exclusion.from; level < exclusion.to; ++level) {
      level_[static_cast<std::size_t>(level)].Clear();
    }
  }
  for (const Pending& pending : pending_) {
    level_[static_cast<std::size_t>(pending.level)].Push(pending.chain);
  }
  pending_.clear();
}

FunnelAttempt RuleScan::Finish() {
  if (waiting_) Flush();
  if (running_) Close();
  return best_;
}

namespace {

/// The instants of a chain, from the last back to the first and then forward along it.
class RuleChain {
 public:
  RuleChain(const FunnelRules& rules, std::span<const StepHit> hits, const FunnelAttempt& attempt,
            std::pmr::memory_resource* memory)
      : rules_(rules), hits_(hits), attempt_(attempt), steps_(rules.mode), instants_(memory) {
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (i == 0 || hits[i].at != hits[i - 1].at) instants_.push_back({i, 0});
    }
  }

  void Write(Micros* out) {
    LookBack();
    int level = 0;
    for (std::size_t i = 0; i < instants_.size() && level < attempt_.depth; ++i) {
      Open(i);
      const int next = Next(i, level);
      std::fill(out + level, out + next, at_);
      level = next;
      ticker_.Step();
    }
  }

 private:
  struct Instant {
    std::size_t first;
    /// Bit l: a chain of l steps whose last is here can go on to the end.
    std::uint64_t goes_on;
  };

  /// Takes the events of an instant together.
  void Open(std::size_t i) {
    const std::size_t end = i + 1 < instants_.size() ? instants_[i + 1].first : hits_.size();
    at_ = hits_[instants_[i].first].at;
    fills_ = 0;
    steps_.Clear();
    for (std::size_t hit = instants_[i].first; hit < end; ++hit) {
      fills_ |= hits_[hit].fills;
      if ((hits_[hit].fills & LowBits(rules_.steps)) != 0) {
        steps_.Add(hits_[hit].fills & LowBits(rules_.steps));
      }
    }
    met_ = rules_.Met(fills_);
  }

  /// The most steps that a chain of `level` steps can have after this instant and still reach the
  /// end; `level` when it must pass the instant over.
  int Next(std::size_t i, int level) {
    if ((fills_ >> level & 1) == 0) return level;
    const int furthest = steps_.Forward(level, attempt_.depth);
    for (int next = furthest; next > level; --next) {
      if (next == attempt_.depth) {
        if (at_ == attempt_.reached) return next;
      } else if ((instants_[i].goes_on >> next & 1) != 0 &&
                 (met_ == 0 || level < rules_.GoesOnFrom(met_, next))) {
        return next;
      }
    }
    return level;
  }

  void LookBack() {
    struct Ahead {
      bool continues = false;
      bool ends = false;
      Micros continued;  ///< the next instant that continues a chain of this level
      Micros ended;      ///< the next one that excludes it
    };
    Ahead ahead[kMaxSteps];
    for (std::size_t i = instants_.size(); i-- > 0;) {
      Open(i);
      for (int level = 1; level < attempt_.depth; ++level) {
        const Ahead& next = ahead[level];
        const bool goes_on = next.continues && !(next.ends && next.ended < next.continued) &&
                             Elapsed(at_, next.continued) <= rules_.StepWindow(level);
        instants_[i].goes_on |= std::uint64_t{goes_on} << level;
      }
      for (int level = 1; level < attempt_.depth; ++level) {
        if (Next(i, level) > level) {
          ahead[level].continues = true;
          ahead[level].continued = at_;
        }
        if (met_ != 0 && rules_.GoesOnFrom(met_, level) <= kMaxSteps) {
          ahead[level].ends = true;
          ahead[level].ended = at_;
        }
      }
      ticker_.Step(static_cast<std::uint32_t>(attempt_.depth));
    }
  }

  const FunnelRules& rules_;
  std::span<const StepHit> hits_;
  FunnelAttempt attempt_;
  InstantSteps steps_;
  std::pmr::vector<Instant> instants_;
  Micros at_ = 0;
  std::uint64_t fills_ = 0;
  std::uint64_t met_ = 0;
  StopTicker ticker_;
};

}  // namespace

void WriteRuleChain(const FunnelRules& rules, std::span<const StepHit> hits,
                    const FunnelAttempt& attempt, std::pmr::memory_resource* memory, Micros* out) {
  RuleChain(rules, hits, attempt, memory).Write(out);
}

}  // namespace cdp::behavior
