/// The first load of links: from texts to identifiers, guarded links and persons, all in memory.
///
/// While nothing is stored yet, everything there is to know comes by in one pass: identifiers get
/// their numbers, links are guarded and persons found before a row is written, so that each row is
/// written once. It must come to the same as loading and resolving step by step.
///
/// A later load takes the first half of the way: who and what is stored already is told in between.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/identity/place_table.h"

namespace cdp::identity {

class FirstLoad {
 public:
  explicit FirstLoad(std::pmr::memory_resource* memory)
      : memory_(memory),
        texts_(std::size_t{1} << 20, memory),
        types_(memory),
        type_slots_(memory),
        sources_(memory),
        source_slots_(memory),
        identifiers_(memory),
        identifier_slots_(memory),
        links_(memory),
        link_slots_(memory),
        waiting_texts_(memory),
        rows_(memory),
        in_turn_(memory),
        order_(memory),
        link_rows_(memory),
        limited_(memory) {}

  /// A link as it was landed, its texts in the one spelling. Times are microseconds.
  struct Sighting {
    std::string_view source;
    std::string_view type_a;
    std::string_view value_a;
    std::string_view type_b;
    std::string_view value_b;
    std::int64_t at;
    double weight;
  };
  void Add(const Sighting& sighting);
  /// An identifier that was seen by itself.
  void See(std::string_view type, std::string_view value, std::int64_t first, std::int64_t last);

  struct Type {
    std::string_view name;
    std::int32_t id = 0;
    std::int32_t rank = 0;
    std::int32_t fanout_limit = 0;     ///< of a stronger type no more than so many
    std::int32_t neighbour_limit = 0;  ///< one of another type has no more of this; 0: any number
    std::int32_t person_limit = 0;     ///< a person has no more of this; 0: any number
  };
  /// Types in the order in which they were first met.
  std::size_t types() const { return types_.size(); }
  const Type& type(std::size_t n) const { return types_[n]; }
  /// What is known of a type, all but its name; needed for each before Number().
  void DescribeType(std::size_t n, const Type& type);
  /// A person has no more identifiers; 0: any number.
  void SetSizeCap(std::int32_t size_cap) { size_cap_ = size_cap; }

  enum class Status : std::uint8_t { kActive, kBlocked, kShared };
  struct Identifier {
    std::string_view value;
    std::uint32_t type = 0;  // place in types_
    std::int64_t first_seen = 0;
    std::int64_t last_seen = 0;
    std::uint32_t number = 0;     // from 0; what is stored is one more
    std::uint32_t person = 0;     // from 1; 0: nobody
    std::uint32_t shared_by = 0;  // one more than the place of the type of too many neighbours
    Status status = Status::kActive;
    bool is_stored = false;
    bool is_wider = false;  // seen earlier or later than is stored
  };
  /// Identifiers in the order in which they came.
  std::size_t met() {
    TakeWaiting();
    return identifiers_.size();
  }
  const Identifier& met(std::size_t n) const { return identifiers_[n]; }
  /// Whose turn it is, as places among those that came: all of them in the order of their type and
  /// value, or those that are wider in the order of their numbers. As indexes and rows mostly lie.
  std::span<const std::uint32_t> LineUpByValue();
  std::span<const std::uint32_t> LineUpWider();
  std::span<const std::uint32_t> in_turn() const { return in_turn_; }
  /// The n-th that came is stored under this id, in this row, whatever that means.
  void Know(std::size_t n, std::int32_t id, std::int64_t first_seen, std::int64_t last_seen,
            std::uint64_t row);
  std::uint64_t row(std::size_t n) const { return rows_[n]; }
  /// When the n-th, which must have come, was seen has been stored.
  void Noted(std::size_t n) { identifiers_[n].is_wider = false; }
  /// Gives the new identifiers their numbers behind those `given` before, by first sight, then type
  /// and value: never by the order in which they came. They are in this order from here on.
  void Number(std::uint32_t given);
  std::size_t identifiers() const { return order_.size(); }
  const Identifier& identifier(std::size_t number) const { return identifiers_[order_[number]]; }
  /// What is stored for this identifier, which must have come.
  std::int32_t IdOf(std::string_view type, std::string_view value) const;
  /// Says that this one identifies nobody.
  void Block(std::size_t number);
  /// A value that identifies nobody, in small letters.
  struct Placeholder {
    std::int32_t type_id = 0;  ///< 0: of every type
    std::string_view value;
  };
  /// Blocks the new identifiers that are one of these, whatever the case of their letters.
  void BlockPlaceholders(std::span<const Placeholder> placeholders);

  struct Link {
    std::uint32_t a = 0;  // places in identifiers_; after SortLinks() numbers
    std::uint32_t b = 0;
    std::uint32_t source = 0;
    std::uint32_t n = 0;
    double weight = 0;
    std::int64_t first_seen = 0;
    std::int64_t last_seen = 0;
  };
  /// Guards the links, then gives the persons their numbers, in the order of their identifiers. Of
  /// a first load only.
  void Resolve();
  /// All that a later load does with links; Resolve() begins with it.
  void SortLinks();
  /// Ordered by both ends and source, the smaller number first.
  std::size_t links() const { return links_.size(); }
  const Link& link(std::size_t n) const { return links_[n]; }
  std::string_view source(const Link& link) const { return sources_[link.source]; }
  /// May the link be stored? It is not when one of its ends is new.
  bool MayBeStored(const Link& link) const { return link.b < given_; }
  /// The n-th is stored in this row, which is not 0.
  void KnowLink(std::size_t n, std::uint64_t row);
  /// Raises an error unless SortLinks() has been called, before is_stored().
  void RequireSorted() const { Require(Step::kSorted); }
  bool is_stored(std::size_t link) const { return link_row(link) != 0; }
  /// Stored, and when it was seen this time has not been noted yet.
  bool is_seen_again(std::size_t link) const { return is_stored(link) && link_row(link) != kNoted; }
  std::uint64_t link_row(std::size_t link) const {
    return link_rows_.empty() ? 0 : link_rows_[link];
  }
  /// When the n-th, which must be stored, was seen has been noted.
  void LinkNoted(std::size_t n) { link_rows_[n] = kNoted; }

  /// Why a link merges nobody: an end is blocked, or shared by too many of a type, or a person
  /// would have too many.
  struct Refusal {
    enum class Cause : std::uint8_t { kNone, kBlocked, kShared, kLimited };
    Cause cause = Cause::kNone;
    std::int32_t limit = 0;
    const Type* other = nullptr;  ///< the type of which there are too many; null: in all
  };
  Refusal refusal(const Link& link) const;
  /// Raises an error unless Resolve() has been called, before refusal().
  void RequireResolved() const { Require(Step::kResolved); }

  std::uint64_t pairs() const { return pairs_; }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t blocked() const { return blocked_; }
  std::uint64_t shared() const { return shared_; }
  std::uint32_t persons() const { return persons_; }

 private:
  enum class Step : std::uint8_t { kTaking, kNumbered, kSorted, kResolved };
  void Require(Step step) const;
  std::string_view Keep(std::string_view text);
  std::uint32_t TypeOf(std::string_view name);
  std::uint32_t SourceOf(std::string_view name);
  void TakeWaiting();
  std::uint32_t Intern(std::uint32_t type, std::string_view value, std::uint32_t hash,
                       std::int64_t first, std::int64_t last);
  void Connect(const Link& link, std::uint32_t hash);
  void FindShared();
  std::int32_t LimitOf(std::uint32_t own, std::uint32_t other) const;
  Refusal Shared(const Identifier& identifier) const;
  Refusal Limit(const Link& link) const;
  std::pmr::vector<bool> FindCrowds(const std::pmr::vector<std::uint32_t>& root) const;
  void HoldToLimits(std::pmr::vector<std::uint32_t>* root);

  std::pmr::memory_resource* memory_;
  std::pmr::monotonic_buffer_resource texts_;
  std::pmr::vector<Type> types_;
  PlaceTable type_slots_;
  std::pmr::vector<std::string_view> sources_;
  PlaceTable source_slots_;
  std::pmr::vector<Identifier> identifiers_;
  PlaceTable identifier_slots_;
  std::pmr::vector<Link> links_;
  PlaceTable link_slots_;
  // Links wait until there are several: what they look up lies all over memory, and takes no longer
  // to come for many at once than for one.
  struct End {
    std::uint32_t type;
    std::uint32_t hash;
    std::uint32_t begin;  // of its value in waiting_texts_
    std::uint32_t size;
  };
  struct Waiting {
    End a;
    End b;
    std::uint32_t source;
    double weight;
    std::int64_t at;
  };
  static constexpr std::size_t kMostWaiting = 64;
  std::array<Waiting, kMostWaiting> waiting_;
  std::size_t waiting_count_ = 0;
  std::pmr::vector<char> waiting_texts_;
  std::pmr::vector<std::uint64_t> rows_;  // of identifiers_, where any is stored
  std::pmr::vector<std::uint32_t> in_turn_;
  std::pmr::vector<std::uint32_t> order_;  // new ones: number - given_ -> place in identifiers_
  static constexpr std::uint64_t kNoted = ~std::uint64_t{0};
  std::pmr::vector<std::uint64_t> link_rows_;  // of links_, where any is stored
  Step step_ = Step::kTaking;
  std::uint32_t given_ = 0;
  struct Limited {
    std::uint32_t link;
    std::uint32_t type;  // kAnyType: too many in all
  };
  static constexpr std::uint32_t kAnyType = 0xffffffffu;
  std::pmr::vector<Limited> limited_;  // ordered by link
  std::int32_t size_cap_ = 0;
  std::uint64_t pairs_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t blocked_ = 0;
  std::uint64_t shared_ = 0;
  std::uint32_t persons_ = 0;
};

}  // namespace cdp::identity
