/// How deep one person's events get into a funnel with rules (funnel_rules.h), in every mode.
#pragma once

#include <memory_resource>
#include <span>
#include <vector>

#include "core/behavior/funnel_rules.h"
#include "core/behavior/instant_match.h"
#include "core/behavior/step_table.h"

namespace cdp::behavior {

/// An attempt, or of several the one that wins: the deepest; of these the one complete first; of
/// these the one that begins last.
struct FunnelAttempt {
  int depth = 0;
  Micros begun = 0;    ///< when its chain begins
  Micros reached = 0;  ///< when the deepest step was first reached
};

/// The chains of one level that are worth keeping, each as its first and last instant. Of two that
/// end alike the later start is better, and of those kept the ends ascend while the starts descend:
/// what ended earlier is kept only because it began later.
class ChainQueue {
 public:
  struct Chain {
    Micros start;
    Micros last;
    Micros until;  ///< the window's last instant
  };

  explicit ChainQueue(std::pmr::memory_resource* memory) : chains_(memory) {}

  void Clear() {
    chains_.clear();
    first_ = 0;
  }

  /// `chain` ends later than all before.
  void Push(const Chain& chain) {
    while (chains_.size() > first_ && chains_.back().start <= chain.start) chains_.pop_back();
    if (first_ != 0 && first_ == chains_.size()) Clear();
    chains_.push_back(chain);
  }

  /// The chain with the latest start of those that an event at `at` may continue; nullptr without
  /// one. Later events may continue no other than those that are left.
  const Chain* At(Micros at, std::uint64_t step_window) {
    while (first_ < chains_.size() && Elapsed(chains_[first_].last, at) > step_window) ++first_;
    if (first_ < chains_.size() && chains_[first_].until >= at) return &chains_[first_];
    // Those behind began earlier still.
    Clear();
    return nullptr;
  }

 private:
  std::size_t first_ = 0;
  std::pmr::vector<Chain> chains_;
};

/// Exact for every rule: looks at all events of one instant together, and keeps of each level the
/// chains that ChainQueue keeps. Work space, to be used for one timeline after the other.
class RuleScan {
 public:
  RuleScan(const FunnelRules& rules, std::pmr::memory_resource* memory);

  /// Before the events of a timeline (or those of one held value). `all`: every attempt is wanted.
  void Begin(bool all);

  /// Takes the next event in order of time; true once nothing changes any more.
  bool Feed(Micros at, std::uint64_t fills) {
    if (at != at_ && waiting_ && Flush()) return true;
    at_ = at;
    waiting_ = true;
    Collect(fills);
    return false;
  }

  /// After the last event, or when Feed returned true: the attempt that wins; of depth 0 when
  /// nothing fills the first step.
  FunnelAttempt Finish();

  /// Of Begin(true): all of them in order; of FunnelEntry::kLatest the one that wins.
  const std::pmr::vector<FunnelAttempt>& attempts() const { return attempts_; }

 private:
  void Collect(std::uint64_t fills);
  bool Flush();
  bool Take(std::uint64_t fills);
  bool Visit(std::uint64_t fills);
  int ServedFrom(int step);
  bool Reach(int step, int from, std::uint64_t met);
  void Settle(std::uint64_t met);
  void Start();
  void Close();
  bool CanGoOn();

  bool Matches() const { return rules_.mode.once && !rules_.mode.increase; }
  bool MayBegin() const { return rules_.entry == FunnelEntry::kLatest || at_ == anchor_; }

  FunnelRules rules_;
  std::pmr::vector<ChainQueue> level_;  ///< by the number of steps; 0 stays empty
  struct Pending {
    int level;
    ChainQueue::Chain chain;
  };
  std::pmr::vector<Pending>
      pending_;  ///< chains that this instant has made and later ones continue
  std::pmr::vector<FunnelAttempt> attempts_;
  FunnelAttempt best_;
  FunnelAttempt now_;
  bool all_ = false;
  bool running_ = false;  ///< an attempt is under way
  bool stopped_ = false;  ///< the mode has ended it
  Micros anchor_ = 0;
  // The instant whose events come in.
  Micros at_ = 0;
  bool waiting_ = false;
  bool foreign_ = false;
  std::uint64_t fills_ = 0;
  std::uint64_t twice_ = 0;
  // The run of steps of this instant that ends with the step at hand.
  int run_from_ = 0;
  int served_ = 0;
  InstantMatch match_;
  StopTicker ticker_;
};

/// Writes the times of the chain that wins among those that begin at `attempt.begun` and reach its
/// depth at `attempt.reached`: the one whose second step comes first, then its third, and so on.
/// `hits` are those from the one instant to the other; `out` has room for the depth.
void WriteRuleChain(const FunnelRules& rules, std::span<const StepHit> hits,
                    const FunnelAttempt& attempt, std::pmr::memory_resource* memory, Micros* out);

}  // namespace cdp::behavior
