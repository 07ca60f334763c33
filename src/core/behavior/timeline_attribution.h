/// Which touches earn the credit for conversions: events of some codes before events of others.
///
/// A conversion's touches are the events with a touch code not more than `window` before it, or at
/// its very instant, without the conversion itself; so an event can be a conversion and a touch of
/// later ones. They are in the timeline's total order. A conversion is worth its value, nothing
/// when it has none. A conversion without touches gives its worth to no touch.
#pragma once

#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

#include "core/behavior/timeline_tally.h"
#include "core/timeline/code_set.h"
#include "core/timeline/timeline_reader.h"

namespace cdp::behavior {

enum class AttributionModel : std::uint8_t {
  kFirst,
  kLast,
  kLastNonDirect,  ///< the last whose key is not `direct`; the last when all are
  kLinear,
  kPosition,       ///< 40 % first, 40 % last, 20 % those between; two share, one has all
  kTimeDecay,      ///< half as much for each half-life before the last touch
  kParticipation,  ///< all of it to each key, at the key's last touch
};

/// Throws kInvalidArgument for a word that is no model's.
AttributionModel ParseAttributionModel(std::string_view word);

struct AttributionQuestion {
  const timeline::CodeSet* targets;
  const timeline::CodeSet* touches;
  std::uint64_t window;  ///< microseconds
  AttributionModel model = AttributionModel::kLast;
  int property = 0;  ///< what credit goes to: a property (1 to 4) of the touch, or its code (0)
  /// Of a property, 0 also means that it is not there.
  std::optional<std::int32_t> direct = {};
  std::uint64_t half_life = 0;  ///< microseconds, greater than zero for kTimeDecay
};

/// Throws kInvalidArgument for numbers out of range and what a model lacks.
void CheckAttribution(const AttributionQuestion& question);

/// What one touch earns by one conversion, or, without a touch, what no touch earns.
struct Credit {
  Micros converted;
  bool touched;
  Micros touch;
  std::optional<std::int32_t> key;  ///< null where the touch has not the property
  std::int64_t credit;
};

/// In order of conversions, then of touches. Except under kParticipation the credit for a
/// conversion sums to its worth: each touch gets its share rounded towards zero, and what is left
/// goes unit by unit to the shares with the largest remainders, the earlier touch first. Weights of
/// kTimeDecay are multiples of 2^-30.
std::pmr::vector<Credit> CreditsOf(const timeline::View& view, const AttributionQuestion& question,
                                   std::pmr::memory_resource* memory);

/// Keys of a tally of credit: one of these, then the key, 0 where there is none. Its counts are of
/// credits, its totals their sums.
inline constexpr int kCreditParts = 2;
enum class CreditKind : std::int32_t {
  kUntouched,  ///< no touch
  kNoKey,      ///< a touch without the property
  kKey
};
inline void AddCredit(CreditKind kind, std::int32_t key, std::int64_t credit, TallyTable* tally) {
  const std::uint64_t words[TallyTable::WordsOf(kCreditParts)] = {
      PackParts(static_cast<std::int32_t>(kind), key)};
  tally->AddKey(words, 1, credit);
}

void CountCredits(const timeline::View& view, const AttributionQuestion& question,
                  TallyTable* tally, std::pmr::memory_resource* memory);

}  // namespace cdp::behavior
