/// The default mode where it is simplest: each code fills one step, under a condition or not, codes
/// take a byte each, and events are not too many. That is most of what funnels are asked.
///
/// Events lie in order of time, so which of them could make a chain is told by where those of each
/// step lie, before any time is known.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "core/behavior/step_table.h"

namespace cdp::behavior {

/// Windows up to this one (146 thousand years) can be asked.
inline constexpr std::uint64_t kMaxPlainWindow = std::uint64_t{1} << 62;
/// Timelines of as many events.
inline constexpr std::size_t kMaxPlainEvents = 2048;

/// Whether a timeline can be asked in this way. The table must be single().
inline bool IsPlain(const timeline::View& view) {
  return view.shape().width_log2 == 0 && view.count() <= kMaxPlainEvents;
}

/// Which events of a plain timeline fill which steps: a row of bits for each step.
class StepRows {
 public:
  static constexpr std::size_t kNone = SIZE_MAX;

  /// Of the first `reach` steps; `filter` is null where no step has a condition.
  StepRows(const timeline::View& view, const StepTable& table, const StepFilter* filter, int reach);

  /// The first event from `from` on that fills a step, or kNone.
  std::size_t FirstFrom(int step, std::size_t from) const {
    std::size_t word = from / 64;
    if (word >= words_) return kNone;
    std::uint64_t bits = rows_[step][word] & ~std::uint64_t{0} << (from % 64);
    while (bits == 0) {
      if (++word == words_) return kNone;
      bits = rows_[step][word];
    }
    return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
  }

  /// 64 events from 64 * `word` on: those that fill a step.
  std::uint64_t Word(int step, std::size_t word) const { return rows_[step][word]; }
  std::size_t words() const { return words_; }
  /// 64 events from 64 * `word` on: those that fill one of the steps from `step` on.
  std::uint64_t Union(int step, std::size_t word) const {
    std::uint64_t bits = 0;
    for (; step < reach_; ++step) bits |= rows_[step][word];
    return bits;
  }
  /// One more than the last event that does, 0 where there is none.
  std::size_t EndOf(int step) const;

 private:
  static constexpr std::size_t kWords = kMaxPlainEvents / 64;

  void MarkSteps(const timeline::View& view, const StepTable& table,
                 std::span<const std::uint8_t> codes);
  void Hold(const timeline::View& view, const StepTable& table, const StepFilter& filter);

  int reach_;
  std::size_t words_;
  std::uint64_t rows_[kMaxSteps][kWords];
};

/// The depth that a plain timeline reaches, as PlainScan finds it, and the winning chain
/// (funnel_chain.h).
class PlainChain {
 public:
  /// Of a timeline that reaches `reach` steps at most.
  PlainChain(const timeline::View& view, const StepTable& table, const StepFilter* filter,
             int reach, std::uint64_t window);

  /// True where events of one instant lie in another order than their steps; nothing else can be
  /// asked then.
  bool tied() const { return tied_; }

  int depth() const { return depth_; }
  /// Writes when the steps of the chain were taken.
  void Write(Micros* out);

 private:
  bool HasTies();
  void Find(std::uint64_t window);
  bool Follow(std::size_t first, std::size_t second, std::uint64_t window);

  Micros TimeOf(std::size_t event) {
    while (event >= known_) known_ += times_.Next(at_ + known_);
    return at_[event];
  }

  StepRows rows_;
  int reach_;
  int depth_ = 0;
  bool tied_;
  int tried_ = 1;          ///< steps for which chain_ has an event, of this chain or one before
  std::size_t first_;      ///< of all events that fill the first step
  std::size_t end_;        ///< of the events whose times may be needed
  std::size_t known_ = 0;  ///< events whose times were read
  timeline::TimeReader times_;
  std::size_t chain_[kMaxSteps];  ///< the events of the chain that was followed last
  std::size_t best_[kMaxSteps];   ///< and of the one that wins
  Micros at_[kMaxPlainEvents + timeline::TimeReader::kRoom];
};

}  // namespace cdp::behavior
