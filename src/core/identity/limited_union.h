/// Sets that grow by joining, and only within limits.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <unordered_map>
#include <vector>

namespace cdp::identity {

/// Elements are numbered from 0 and are of a kind each. A set may have so many elements of a kind,
/// and so many in all. Of a set the smallest element is its root. 12 bytes an element besides its
/// kind, and as many counters as there are kinds for a set of more than kListed elements.
class LimitedUnion {
 public:
  /// `maximum` by kind, 0: any number; `size_limit` 0: any number. `kinds` by element must outlive
  /// this.
  LimitedUnion(std::span<const std::uint32_t> kinds, std::span<const std::uint32_t> maximum,
               std::uint64_t size_limit, std::pmr::memory_resource* memory);

  enum class Limit : std::uint8_t { kNone, kKind, kSize };
  struct Verdict {
    Limit limit = Limit::kNone;
    std::uint32_t kind = 0;  ///< of which there would be too many; the first of several
  };
  /// The limit that the two sets would break as one. Limits are those of kinds that both have: a
  /// set that is over one already may still take in elements of other kinds.
  Verdict Broken(std::uint32_t a, std::uint32_t b);
  /// Joins the sets of both elements unless limits forbid it. False when they do.
  bool Join(std::uint32_t a, std::uint32_t b);
  /// Joins them whatever limits say.
  void Force(std::uint32_t a, std::uint32_t b);

  std::uint32_t Root(std::uint32_t element);
  std::uint32_t Size(std::uint32_t root) const { return size_[root]; }

 private:
  static constexpr std::uint32_t kListed = 32;
  using Counts = std::pmr::vector<std::uint32_t>;

  void Merge(std::uint32_t a, std::uint32_t b);
  /// Adds to `counts` how many elements of which kind there are in the set of this root.
  void Tally(std::uint32_t root, Counts* counts) const;
  void Clear(std::uint32_t root, Counts* counts) const;

  std::span<const std::uint32_t> kinds_;
  std::span<const std::uint32_t> maximum_;
  std::uint64_t size_limit_;
  bool has_maximum_;
  std::pmr::vector<std::uint32_t> parent_;
  std::pmr::vector<std::uint32_t> next_;  // the elements of a set, round and round
  std::pmr::vector<std::uint32_t> size_;
  std::pmr::unordered_map<std::uint32_t, Counts> counted_;  // of sets that are too large to walk
  Counts left_;
  Counts right_;
};

}  // namespace cdp::identity
