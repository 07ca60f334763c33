/// The sets of one chunk of people, read from the managed tables as an evaluation asks for them.
#pragma once

#include <map>

#include "core/audience/evaluate.h"
#include "pg/audience/behavior_source.h"
#include "pg/base/look_up.h"
#include "pg/base/memory.h"

namespace cdp::pg {

/// What a rule is asked with. Plain data.
struct RuleQuestion {
  std::int32_t chunk;
  TimestampTz now;  ///< finite
  Zone zone;        ///< of the business
  audience::Day today;
  /// Whom its leaves of kind top mean, in the order in which they stand in the rule: everybody has
  /// to be looked at for that, not one chunk.
  std::span<const bitmap::Bytes> tops;
};

/// Lives, as all it gives, between BeginLookUps and EndLookUps. For use inside CallCore.
class ChunkSource final : public audience::Source {
 public:
  ChunkSource(const audience::Node& rule, const RuleQuestion& question, ContextResource* memory);

  bitmap::Bytes Everyone() override;
  audience::Scale ScaleOfTag(const audience::Node& leaf) override { return RowsOfTag(leaf).scale; }
  bitmap::Bytes TagNumbers(const audience::Node& leaf) override;
  std::span<const audience::TagValue> TagValues(const audience::Node& leaf) override;
  std::span<const audience::EventDay> EventDays(const audience::Node& leaf, audience::DaySpan days,
                                                audience::DayPart part) override;
  bsi::IdSet Other(const audience::Node& leaf, const bsi::IdSet* within) override;
  std::uint64_t Cost(const audience::Node& leaf) override;

 private:
  struct TagRows {
    audience::Scale scale;
    FoundRows rows;
    std::vector<audience::TagValue> values;
  };
  TagRows& RowsOfTag(const audience::Node& leaf);
  FoundRows RowsOfAudience(const audience::Node& leaf);
  bsi::IdSet SetOf(bitmap::Bytes bytes) const {
    return bsi::IdSet(bytes.empty() ? nobody_.bytes() : bytes, memory_);
  }
  bsi::IdSet MembersAt(const audience::Node& leaf);
  bsi::IdSet HavingAttribute(const audience::Node& leaf, const bsi::IdSet* within);
  bsi::IdSet TopOf(const audience::Node& leaf);
  bool EventsWait();
  void CollectTops(const audience::Node& node);

  RuleQuestion question_;
  ContextResource* memory_;
  const bsi::IdSet nobody_;
  std::optional<bitmap::Bytes> everyone_;
  std::optional<bool> events_wait_;
  std::map<const audience::Node*, TagRows> tags_;
  std::map<const audience::Node*, FoundRows> audiences_;
  std::map<const audience::Node*, bitmap::Bytes> tops_;
  std::vector<std::vector<audience::EventDay>> days_;
  std::optional<BehaviorSource> behavior_;
};

}  // namespace cdp::pg
