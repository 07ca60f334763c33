/// All identifiers and links at once, and what guards make of them: who is one person, which links
/// merge nobody and why, and what of it differs from what is stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

namespace cdp::identity {

class GuardedGraph {
 public:
  explicit GuardedGraph(std::pmr::memory_resource* memory)
      : memory_(memory), kinds_(memory), nodes_(memory), links_(memory), root_(memory) {}

  /// A type of identifiers. Limits of 0: any number.
  struct Kind {
    std::int32_t rank = 0;
    std::uint32_t fanout_limit = 0;     ///< of one stronger type no more than so many
    std::uint32_t neighbour_limit = 0;  ///< one of another type has no more of this
    std::uint32_t person_limit = 0;     ///< a person has no more of this
    std::int64_t ttl = 0;               ///< microseconds for which a link is good; 0: for ever
  };
  /// Strongest first: where several limits are broken, that of the first is told.
  void AddKind(const Kind& kind) { kinds_.push_back(kind); }
  const Kind& kind(std::uint32_t n) const { return kinds_[n]; }

  enum class Status : std::uint8_t { kActive, kBlocked, kShared };
  /// What is known of an identifier before its links are looked at.
  enum class Mark : std::uint8_t {
    kOpen,
    kApproved,  ///< never shared
    kBlocked,   ///< a placeholder
    kShared,    ///< shared by somebody's word
  };
  static constexpr std::uint32_t kNobody = 0;
  static constexpr std::uint32_t kNone = 0xffffffffu;

  struct Node {
    std::int32_t id = 0;
    std::uint32_t kind = 0;
    std::uint32_t owner = kNobody;  ///< whose it is now
    Mark mark = Mark::kOpen;
    Status was = Status::kActive;    ///< as it is stored
    Status guard = Status::kActive;  // what Resolve() finds
    bool is_held = false;  // has a link that counts whatever guards say, and that one only
    std::uint32_t shared_by = kNone;
  };
  /// Each once.
  void AddNode(const Node& node) { nodes_.push_back(node); }

  enum class Reason : std::uint8_t {
    kNone,
    kWeak,      ///< the weight is below what is asked for
    kBlocked,   ///< an end is a placeholder
    kShared,    ///< an end is shared
    kTooMany,   ///< the person would have too many of a type
    kTooLarge,  ///< the person would have too many identifiers
  };
  enum class Standing : std::uint8_t { kActive, kQuarantined, kLimited, kExpired, kWeak };
  struct Link {
    std::int32_t a = 0;  // numbers; places of nodes after Resolve()
    std::int32_t b = 0;
    double weight = 1;
    std::int64_t first_seen = 0;  ///< microseconds
    std::int64_t last_seen = 0;
    Standing was = Standing::kActive;  ///< as it is stored
    bool is_together = false;          ///< somebody has said that it is right
    Reason reason = Reason::kNone;     // what Resolve() finds
    std::uint32_t kind = kNone;        // of which there would be too many
  };
  /// One row for every source. Both ends must be nodes; other links are left out.
  void AddLink(const Link& link) { links_.push_back(link); }

  struct Rules {
    double min_weight = 0;
    std::uint64_t size_limit = 0;  ///< a person has no more identifiers; 0: any number
    std::int64_t now = 0;
  };
  /// Guards the links and finds the persons; once, or again with other rules.
  ///
  /// Limits of persons depend on what comes first. A person that keeps to them with the links that
  /// are active stays as it is, and so does one that somebody's word holds together; otherwise the
  /// links of a person come one by one, the stronger first, then the older. Those that are not
  /// active come last, in the same order. So what was accepted before stays, and a second run
  /// changes nothing.
  void Resolve(const Rules& rules);

  /// Ordered by number.
  std::span<const Node> nodes() const { return nodes_; }
  /// Ordered by both ends.
  std::span<const Link> links() const { return links_; }
  Status status(std::size_t node) const {
    return nodes_[node].is_held ? Status::kActive : nodes_[node].guard;
  }
  /// What comes of a link. One whose time has passed counts for guards, but merges nobody.
  Standing standing(const Link& link) const;
  /// The first node of the person; kNone: nobody's.
  std::uint32_t root(std::size_t node) const {
    return status(node) == Status::kActive ? root_[node] : kNone;
  }
  /// How many of its type are too many for an identifier that is shared by it.
  std::uint32_t LimitOf(std::uint32_t own, std::uint32_t other) const;

  struct Totals {
    std::uint64_t persons = 0;
    std::uint64_t identifiers = 0;  ///< of persons
    std::uint64_t largest = 0;      ///< identifiers of one person
  };
  struct Comparison {
    Totals before;
    Totals after;
    /// For every node: is its person another than before, or has lost somebody? All identifiers
    /// of such persons are told, and of those they were before.
    std::pmr::vector<bool> changed;
    std::uint64_t merges = 0;  ///< owners, or parts of them, that go to others
    std::uint64_t splits = 0;  ///< parts that owners lose to other persons
  };
  /// What is stored with what Resolve() has found.
  Comparison Compare() const;

 private:
  /// Has a type's time to live passed since the link was last seen?
  bool IsExpired(const Link& link) const;

  // When a link is looked at: first those that are active, of these and the others the stronger
  // first, then the older.
  struct Turn {
    bool is_new;
    double less_weight;
    std::int64_t first_seen;
    std::uint32_t link;
    auto operator<=>(const Turn&) const = default;
  };

  void Arrange();
  /// Calls f(rows) for the links of every two nodes.
  template <class F>
  void ForEachPair(F f);
  void Judge(double min_weight);
  void FindShared();
  void Unite(std::uint64_t size_limit);
  /// Into root_: the persons that links make which are active, or right by somebody's word.
  void UniteSettled();
  /// Roots of persons that are larger than the rules allow, and not by somebody's word.
  std::pmr::vector<bool> FindOver(std::span<const std::uint32_t> maximum,
                                  std::uint64_t size_limit) const;
  static bool IsSettled(const Link& link) {
    return link.was == Standing::kActive || link.is_together;
  }

  std::pmr::memory_resource* memory_;
  std::pmr::vector<Kind> kinds_;
  std::pmr::vector<Node> nodes_;
  std::pmr::vector<Link> links_;
  std::pmr::vector<std::uint32_t> root_;
  std::int64_t now_ = 0;
  bool is_arranged_ = false;
};

}  // namespace cdp::identity
