#include "core/identity/components.h"

#include <algorithm>
#include <limits>

namespace cdp::identity {
namespace {

std::uint64_t Distance(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

std::int64_t Plus(std::int64_t node, std::uint64_t distance) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(node) + distance);
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
  sorted_.clear();
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

std::uint32_t Components::Numbered(std::int64_t node) {
  const std::uint32_t number = map_.Number(node);
  if (number == nodes_) {
    parent_.push_back(number);
    lowest_ = nodes_ == 0 ? node : std::min(lowest_, node);
    highest_ = nodes_ == 0 ? node : std::max(highest_, node);
    ++nodes_;
  }
  return number;
}

void Components::SettleMapped(std::span<const Link> links) {
  for (const Link& link : links) {
    map_.Prefetch(link.a);
    map_.Prefetch(link.b);
  }
  for (const Link& link : links) {
    const std::uint32_t x = Numbered(link.a);
    const std::uint32_t y = Numbered(link.b);
    unions_ += Unite(parent_.data(), x, y);
  }
  if (nodes_ < check_at_) return;
  check_at_ = nodes_ > kWidest / 2 ? kAbsent : nodes_ * 2;
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
  // Half as much again on the side that moves, as far as numbers reach.
  const std::uint64_t room =
      std::min({last / 2, kWidest - last - 1,
                below ? Distance(std::numeric_limits<std::int64_t>::min(), node)
                      : Distance(node, std::numeric_limits<std::int64_t>::max())});
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
  Freeze();
  std::pmr::vector<std::uint32_t> direct(parent_.get_allocator());
  direct.swap(parent_);
  direct_ = false;
  parent_.reserve(nodes_);
  check_at_ = std::max(kFirstCheck, nodes_ > kWidest / 2 ? kAbsent : nodes_ * 2);
  const std::uint32_t known = nodes_;
  nodes_ = 0;
  StopTicker ticker;
  for (std::size_t i = 0; i < direct.size() && nodes_ < known; ++i) {
    ticker.Step();
    if (direct[i] == kAbsent) continue;
    // Ascending, so a node's component has its number already and that number is the smaller one.
    const std::uint32_t number = Numbered(Plus(base_, i));
    parent_[number] = map_.Number(Plus(base_, direct[i]));
  }
}

void Components::ToDirect() {
  // By number the root of a component is its first node; direct addressing wants its smallest.
  std::pmr::vector<std::uint32_t> smallest(nodes_, kAbsent, parent_.get_allocator());
  for (std::uint32_t i = 0; i < nodes_; ++i) parent_[i] = parent_[parent_[i]];
  map_.ForEach([&](std::int64_t node, std::uint32_t number) {
    std::uint32_t& least = smallest[parent_[number]];
    least = std::min(least, static_cast<std::uint32_t>(Distance(lowest_, node)));
  });
  std::pmr::vector<std::uint32_t> direct(Distance(lowest_, highest_) + 1, kAbsent,
                                         parent_.get_allocator());
  map_.ForEach([&](std::int64_t node, std::uint32_t number) {
    direct[Distance(lowest_, node)] = smallest[parent_[number]];
  });
  parent_.swap(direct);
  map_.Clear();
  base_ = lowest_;
  direct_ = true;
}

void Components::Freeze() {
  Settle();
  if (!direct_ && !sorted_.empty()) return;
  // Parents have smaller numbers, so those of a node's parent are final when its turn comes.
  for (std::uint32_t& parent : parent_) {
    if (parent != kAbsent) parent = parent_[parent];
  }
  if (direct_) return;
  std::pmr::vector<std::int64_t> smallest(nodes_, std::numeric_limits<std::int64_t>::max(),
                                          parent_.get_allocator());
  map_.ForEach([&](std::int64_t node, std::uint32_t number) {
    std::int64_t& least = smallest[parent_[number]];
    least = std::min(least, node);
  });
  sorted_.reserve(nodes_);
  map_.ForEach([&](std::int64_t node, std::uint32_t number) {
    sorted_.push_back({node, smallest[parent_[number]]});
  });
  CheckStop();
  std::ranges::sort(sorted_, {}, &Known::node);
}

std::size_t Components::FlatSize() {
  return ImageSize(nodes(), [this](auto&& f) { ForEach(f); });
}

void Components::FlattenInto(std::byte* out) {
  WriteImage(out, nodes(), components(), [this](auto&& f) { ForEach(f); });
}

SmallComponents::SmallComponents(const BuildView& links) {
  for (std::size_t i = 0; i < links.size(); ++i) {
    node_[2 * i] = links[i].a;
    node_[2 * i + 1] = links[i].b;
  }
  std::int64_t* const end = node_ + 2 * links.size();
  std::sort(node_, end);
  count_ = components_ = static_cast<std::uint32_t>(std::unique(node_, end) - node_);
  for (std::uint32_t i = 0; i < count_; ++i) parent_[i] = static_cast<std::uint16_t>(i);
  const auto index = [this](std::int64_t node) {
    return static_cast<std::uint16_t>(std::lower_bound(node_, node_ + count_, node) - node_);
  };
  for (std::size_t i = 0; i < links.size(); ++i) {
    components_ -= Unite(parent_, index(links[i].a), index(links[i].b));
  }
  for (std::uint32_t i = 0; i < count_; ++i) parent_[i] = parent_[parent_[i]];
}

std::size_t SmallComponents::FlatSize() const {
  return ImageSize(count_, [this](auto&& f) { ForEach(f); });
}

void SmallComponents::FlattenInto(std::byte* out) const {
  WriteImage(out, count_, components_, [this](auto&& f) { ForEach(f); });
}

}  // namespace cdp::identity
