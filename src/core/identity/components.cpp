#include "core/identity/components.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace cdp::identity {
namespace {

std::uint64_t Distance(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

std::int64_t Plus(std::int64_t node, std::uint64_t distance) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(node) + distance);
}

/// How many of the wanted numbers there are below and above a node.
std::uint64_t RoomBelow(std::int64_t node, std::uint64_t wanted) {
  return std::min(wanted, Distance(std::numeric_limits<std::int64_t>::min(), node));
}
std::uint64_t RoomAbove(std::int64_t node, std::uint64_t wanted) {
  return std::min(wanted, Distance(node, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace

void Components::Merge(std::span<const std::byte> payload) {
  StopTicker ticker;
  if (FormOf(payload) == ComponentsForm::kBuild) {
    const BuildView links(payload);
    for (std::size_t i = 0; i < links.size(); ++i) {
      Add(links[i].a, links[i].b);
      ticker.Step();
    }
    return;
  }
  auto cursor = ImageView(payload).begin();
  Link link;
  while (cursor.Next(&link.a, &link.b)) {
    Add(link.a, link.b);
    ticker.Step();
  }
}

void Components::Settle() {
  if (pending_count_ == 0) return;
  const std::span<const Link> links(pending_.data(), pending_count_);
  pending_count_ = 0;
  frozen_ = false;
  if (direct_) {
    SettleDirect(links);
  } else {
    SettleMapped(links);
  }
}

void Components::SettleDirect(std::span<const Link> links) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  for (const Link& link : links) {
    if (InRange(link.a, &a)) __builtin_prefetch(&parent_[a], 1);
    if (InRange(link.b, &b)) __builtin_prefetch(&parent_[b], 1);
  }
  for (std::size_t i = 0; i < links.size(); ++i) {
    const Link& link = links[i];
    if (!InRange(link.a, &a) || !InRange(link.b, &b)) [[unlikely]] {
      if (!Widen(link.a) || !Widen(link.b)) {
        ToMapped();
        SettleMapped(links.subspan(i));
        return;
      }
      InRange(link.a, &a);
      InRange(link.b, &b);
    }
    const std::uint32_t x = Touch(a);
    const std::uint32_t y = Touch(b);
    unions_ += Unite(parent_.data(), x, y);
  }
}

void Components::SettleMapped(std::span<const Link> links) {
  table_.Reserve(2 * links.size());
  for (const Link& link : links) {
    table_.Prefetch(link.a);
    table_.Prefetch(link.b);
  }
  for (const Link& link : links) {
    const std::uint32_t x = table_.Place(link.a);
    const std::uint32_t y = table_.Place(link.b);
    unions_ += table_.Unite(x, y);
    lowest_ = std::min({lowest_, link.a, link.b});
    highest_ = std::max({highest_, link.a, link.b});
  }
  nodes_ = table_.size();
  if (nodes_ < check_at_) return;
  CheckLater();
  if (Dense(Distance(lowest_, highest_))) ToDirect();
}

bool Components::Widen(std::int64_t node) {
  std::uint64_t offset = 0;
  if (InRange(node, &offset)) return true;
  if (parent_.empty()) {
    base_ = node;
    offset = 0;
  }
  const std::int64_t before = base_;
  const std::uint64_t size = parent_.size();
  const bool below = node < base_;
  const std::uint64_t last = below ? Distance(node, base_) + size - 1 : offset;
  // A sum that wraps around is smaller than its parts.
  if ((below && last < Distance(node, base_)) || !Dense(last)) return false;
  // A quarter more on the side that moves, as far as numbers reach.
  const std::uint64_t wanted = std::min(last / 4, kWidest - last - 1);
  const std::uint64_t room = below ? RoomBelow(node, wanted) : RoomAbove(node, wanted);
  std::pmr::vector<std::uint32_t> wider(last + 1 + room, kAbsent, parent_.get_allocator());
  if (below) base_ = Plus(node, -room);
  const std::uint64_t shift = Distance(base_, before);
  for (std::uint64_t i = 0; i < size; ++i) {
    if (parent_[i] != kAbsent) wider[i + shift] = static_cast<std::uint32_t>(parent_[i] + shift);
  }
  parent_.swap(wider);
  return true;
}

void Components::ToMapped() {
  Flatten();
  std::pmr::vector<std::uint32_t> direct(parent_.get_allocator());
  direct.swap(parent_);
  direct_ = false;
  CheckLater();
  table_.Fill(
      nodes_,
      [&](auto&& add) {
        for (std::size_t i = 0; i < direct.size(); ++i) {
          if (direct[i] == kAbsent) continue;
          const std::int64_t node = Plus(base_, i);
          lowest_ = std::min(lowest_, node);
          highest_ = std::max(highest_, node);
          add(node, static_cast<std::uint32_t>(i), direct[i]);
        }
      },
      [&](std::uint32_t root) -> std::uint32_t& { return direct[root]; });
}

void Components::ToDirect() {
  table_.Sort();
  lowest_ = table_.Node(0);
  highest_ = table_.Node(nodes_ - 1);
  // Most of the range's ends are not seen yet; a little room on both sides saves widening.
  const std::uint64_t last = Distance(lowest_, highest_);
  const std::uint64_t wanted = std::min(last / 16, (kWidest - last - 1) / 2);
  base_ = Plus(lowest_, -RoomBelow(lowest_, wanted));
  std::pmr::vector<std::uint32_t> direct(
      Distance(base_, highest_) + 1 + RoomAbove(highest_, wanted), kAbsent,
      parent_.get_allocator());
  for (std::uint32_t i = 0; i < nodes_; ++i) {
    direct[Distance(base_, table_.Node(i))] =
        static_cast<std::uint32_t>(Distance(base_, table_.Node(table_.First(i))));
  }
  parent_.swap(direct);
  table_.Clear();
  direct_ = true;
}

void Components::Flatten() {
  // Parents have smaller numbers, so those of a node's parent are final when its turn comes.
  for (std::uint32_t& parent : parent_) {
    if (parent != kAbsent) parent = parent_[parent];
  }
}

void Components::Freeze() {
  Settle();
  if (frozen_) return;
  if (direct_) {
    Flatten();
  } else {
    table_.Sort();
  }
  frozen_ = true;
}

std::size_t Components::FlatSize() {
  return ImageSize(nodes(), [this](auto&& f) { ForEach(f); });
}

void Components::FlattenInto(std::byte* out) {
  WriteImage(out, nodes(), components(), [this](auto&& f) { ForEach(f); });
}

SmallComponents::SmallComponents(const BuildView& links) {
  // Nodes are numbered by a hash table, at most half full, before anything is sorted: links repeat
  // their nodes, and a search in sorted nodes costs a mispredicted branch a step.
  constexpr std::uint16_t kEmpty = 0xffff;
  const int bits = std::bit_width(4 * links.size() + 1);
  std::uint16_t slots[std::size_t{1} << std::bit_width(4 * kMaxLinks + 1)];
  std::fill_n(slots, std::size_t{1} << bits, kEmpty);
  std::uint16_t parent[kMaxNodes];
  const auto number = [&](std::int64_t node) {
    auto at = static_cast<std::uint64_t>(node) * 0x9e3779b97f4a7c15u >> (64 - bits);
    for (; slots[at] != kEmpty; at = (at + 1) & ((std::uint64_t{1} << bits) - 1)) {
      if (known_[slots[at]].node == node) return slots[at];
    }
    const auto fresh = static_cast<std::uint16_t>(count_++);
    known_[fresh] = {node, fresh};
    parent[fresh] = fresh;
    return slots[at] = fresh;
  };
  std::uint32_t unions = 0;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const Link link = links[i];
    const std::uint16_t a = number(link.a);
    unions += Unite(parent, a, number(link.b));
  }
  components_ = count_ - unions;

  std::sort(known_, known_ + count_, [](Known x, Known y) { return x.node < y.node; });
  // The slots are done with; now they keep where a root's component was met first.
  std::fill_n(slots, count_, kEmpty);
  for (std::uint32_t i = 0; i < count_; ++i) {
    std::uint16_t& first = slots[Root(parent, known_[i].number)];
    if (first == kEmpty) first = static_cast<std::uint16_t>(i);
    first_[i] = first;
  }
}

std::size_t SmallComponents::FlatSize() const {
  return ImageSize(count_, [this](auto&& f) { ForEach(f); });
}

void SmallComponents::FlattenInto(std::byte* out) const {
  WriteImage(out, count_, components_, [this](auto&& f) { ForEach(f); });
}

}  // namespace cdp::identity
