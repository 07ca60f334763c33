/// Connected components of a graph whose links arrive one by one, in any order, more than once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

#include "core/base/stop.h"
#include "core/identity/components_image.h"
#include "core/identity/node_table.h"
#include "core/identity/union_find.h"

namespace cdp::identity {

/// Nodes are any 64-bit numbers. Numbers that lie close together are addressed directly (4 bytes
/// for every number of the range, present or not); others go through a hash table (16 to 32 bytes
/// for every node). The object changes between both as nodes arrive.
class Components {
 public:
  explicit Components(std::pmr::memory_resource* memory) : parent_(memory), table_(memory) {}

  /// A self link makes the node known.
  void Add(std::int64_t a, std::int64_t b) {
    pending_[pending_count_++] = {a, b};
    if (pending_count_ == pending_.size()) Settle();
  }

  /// Adds everything that an image or a build form knows.
  void Merge(std::span<const std::byte> payload);

  /// Calls f(node, component) for every node, ascending.
  template <class F>
  void ForEach(F&& f) {
    Freeze();
    StopTicker ticker;
    std::int64_t node = 0;
    std::int64_t component = 0;
    for (std::size_t at = 0; Next(&at, &node, &component);) {
      f(node, component);
      ticker.Step();
    }
  }

  /// Makes ready for Next, until something is added.
  void Freeze();

  /// The same as ForEach, one by one: *at begins at 0. False at the end.
  bool Next(std::size_t* at, std::int64_t* node, std::int64_t* component) const {
    if (direct_) {
      while (*at < parent_.size() && parent_[*at] == kAbsent) ++*at;
      if (*at >= parent_.size()) return false;
      const auto base = static_cast<std::uint64_t>(base_);
      *node = static_cast<std::int64_t>(base + *at);
      *component = static_cast<std::int64_t>(base + parent_[*at]);
    } else {
      if (*at >= nodes_) return false;
      *node = table_.Node(*at);
      *component = table_.Node(table_.First(*at));
    }
    ++*at;
    return true;
  }

  std::uint32_t nodes() {
    Settle();
    return nodes_;
  }
  std::uint32_t components() {
    Settle();
    return nodes_ - unions_;
  }

  std::size_t FlatSize();
  void FlattenInto(std::byte* out);

 private:
  static constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();
  // Below this range direct addressing is always right; above, while a tenth of it is present: then
  // it takes no more than the hash table does while it grows.
  static constexpr std::uint64_t kSmallRange = 16384;
  static constexpr std::uint64_t kSparsest = 10;
  static constexpr std::uint32_t kFirstCheck = 1024;
  static constexpr std::uint64_t kWidest = kAbsent - 1;

  /// Links wait here, so that the cache misses of many are under way at once.
  void Settle();
  void SettleDirect(std::span<const Link> links);
  void SettleMapped(std::span<const Link> links);

  /// The parent array's index of a node inside the range.
  std::uint32_t Touch(std::uint64_t offset) {
    std::uint32_t& parent = parent_[offset];
    if (parent == kAbsent) {
      parent = static_cast<std::uint32_t>(offset);
      ++nodes_;
    }
    return static_cast<std::uint32_t>(offset);
  }
  bool InRange(std::int64_t node, std::uint64_t* offset) const {
    *offset = static_cast<std::uint64_t>(node) - static_cast<std::uint64_t>(base_);
    return *offset < parent_.size();
  }

  /// May a range of last + 1 numbers be addressed directly?
  bool Dense(std::uint64_t last) const {
    return last < kSmallRange || (last < kWidest && last / kSparsest < nodes_);
  }
  /// Widens the range to hold the node; false when that would leave it too empty.
  bool Widen(std::int64_t node);
  void ToMapped();
  void ToDirect();
  /// Direct: every parent becomes the root.
  void Flatten();
  /// Puts off the next thought of ToDirect, so that changes of form stay rare however nodes arrive.
  void CheckLater() { check_at_ = std::uint64_t{nodes_} + std::max(nodes_ / 4, kFirstCheck); }

  std::array<Link, 32> pending_;
  std::uint32_t pending_count_ = 0;
  bool direct_ = true;
  bool frozen_ = false;
  std::uint32_t nodes_ = 0;
  std::uint32_t unions_ = 0;
  std::int64_t base_ = 0;  // direct: the node of parent_[0]
  // Mapped: smallest and greatest node.
  std::int64_t lowest_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t highest_ = std::numeric_limits<std::int64_t>::min();
  std::uint64_t check_at_ = 0;  // mapped: think of ToDirect at so many nodes
  std::pmr::vector<std::uint32_t> parent_;
  NodeTable table_;
};

/// The same for so few links that everything fits on the stack.
class SmallComponents {
 public:
  static constexpr std::size_t kMaxLinks = 511;

  /// At most kMaxLinks links.
  explicit SmallComponents(const BuildView& links);

  std::size_t FlatSize() const;
  void FlattenInto(std::byte* out) const;

 private:
  static constexpr std::size_t kMaxNodes = 2 * kMaxLinks;

  template <class F>
  void ForEach(F&& f) const {
    for (std::size_t i = 0; i < count_; ++i) f(known_[i].node, known_[first_[i]].node);
  }

  struct Known {
    std::int64_t node;
    std::uint16_t number;  // in order of arrival
  };

  std::uint32_t count_ = 0;
  std::uint32_t components_ = 0;
  Known known_[kMaxNodes];          // ascending by node
  std::uint16_t first_[kMaxNodes];  // where in known_ the component's smallest node is
};

}  // namespace cdp::identity
