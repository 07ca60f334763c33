/// Who is who after a batch of links: new identifiers join persons or make new ones, and persons
/// join each other.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

namespace cdp::identity {

/// The answer depends on the links as a set only. The oldest person of those who belong together
/// stays: OneIDs are compared unsigned, and any is older than a new identifier.
class BatchUnion {
 public:
  static constexpr std::int64_t kNobody = -1;
  /// Targets from here on are new persons, in the order of `fresh`, from this number plus one.
  static constexpr std::int64_t kNewPersons = std::int64_t{1} << 32;

  struct Links {
    std::span<const std::int32_t> a;  ///< identifiers
    std::span<const std::int32_t> b;
    std::span<const std::int64_t> owner_a;  ///< their persons, from 0 to 2^32 - 1, or kNobody
    std::span<const std::int64_t> owner_b;
  };
  /// `fresh`: identifiers without a person that get one, in the order of first sight. A link with
  /// an end that neither has a person nor is fresh joins nobody.
  BatchUnion(std::span<const std::int32_t> fresh, const Links& links,
             std::pmr::memory_resource* memory);

  /// For each fresh identifier its person, or kNewPersons and the number of a new one.
  std::span<const std::int64_t> targets() const { return targets_; }
  std::int64_t new_persons() const { return new_persons_; }

  struct Merge {
    std::uint32_t absorbed;
    std::uint32_t survivor;
    std::int32_t link_a;  ///< the first link, by both ends, that joined the absorbed to somebody
    std::int32_t link_b;
  };
  /// By absorbed person, ascending.
  std::span<const Merge> merges() const { return merges_; }

 private:
  std::pmr::vector<std::int64_t> targets_;
  std::pmr::vector<Merge> merges_;
  std::int64_t new_persons_ = 0;
};

}  // namespace cdp::identity
