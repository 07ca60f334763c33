/// Whom conditions on behaviour mean, from stored timelines and what waits to be folded into them.
#pragma once

#include "core/audience/behavior_scan.h"
#include "pg/base/zone.h"

namespace cdp::pg {

/// The time zone of the business. May longjmp.
Zone BusinessZone();

/// A chunk of people, asked about several leaves of one rule: what waits is read once. For use
/// inside CallCore.
class BehaviorSource {
 public:
  /// `now` is finite. The zone must outlive it.
  BehaviorSource(std::int32_t chunk, TimestampTz now, Zone* zone,
                 std::pmr::memory_resource* memory);

  /// What audience::Source::Other has to answer for a leaf of kind kEvent, kAggregate, kFirst,
  /// kLast or kSequence. Everyone is asked for only where the leaf holds of people who did nothing
  /// and nobody restricts it.
  bsi::IdSet People(const audience::Node& leaf, const bsi::IdSet* within,
                    const std::function<bitmap::Bytes()>& everyone);

  /// Something that a page of a month does not hold of a person, or what must not be read there.
  struct News {
    std::int32_t slot;
    behavior::Day month;
    bool replaces;                ///< the person's events on the page do not count
    timeline::PagePerson person;  ///< without events when it only replaces
  };

 private:
  void ReadNews();
  /// Who may have done the first event of the leaf in its window, as often as it takes: nobody else
  /// is meant, or no longer meant. From the day rollup, which knows what pages hold.
  bsi::IdSet Starters(const audience::Behavior& behavior) const;
  void ReadPages(const audience::Behavior& behavior, const audience::WantedPeople& wanted,
                 audience::BehaviorScan* scan);

  std::int32_t chunk_;
  audience::Clock clock_;
  std::pmr::memory_resource* memory_;
  MemoryContext context_;  ///< where what is read is kept
  bool knows_news_ = false;
  std::pmr::vector<News> news_;  ///< by slot and month
};

}  // namespace cdp::pg
