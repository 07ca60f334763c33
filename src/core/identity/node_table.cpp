#include "core/identity/node_table.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace cdp::identity {

void NodeTable::Allocate(std::size_t nodes) {
  int bits = kFirstBits;
  while ((std::size_t{1} << bits) / 4 * 3 < nodes) ++bits;
  const std::size_t count = std::size_t{1} << bits;
  if (bits > kMostBits) {
    throw Error(ErrorCode::kLimitExceeded, "graph has too many nodes",
                "At most " + std::to_string((std::size_t{1} << kMostBits) / 4 * 3) +
                    " nodes are supported.");
  }
  std::pmr::vector<Slot>(count, slots_.get_allocator()).swap(slots_);
  mask_ = count - 1;
  shift_ = 64 - bits;
  limit_ = count / 4 * 3;
  size_ = 0;
  sorted_ = false;
}

void NodeTable::Grow(std::size_t nodes) {
  if (!sorted_) Flatten();
  const std::size_t used = sorted_ ? size_ : slots_.size();
  std::pmr::vector<Slot> before(slots_.get_allocator());
  before.swap(slots_);
  Allocate(nodes);
  FillSlots(
      [&](auto&& add) {
        for (std::size_t i = 0; i < used; ++i) {
          const Slot slot = before[i];
          if (slot.parent == kEmpty) continue;
          add(static_cast<std::int64_t>(slot.key()), static_cast<std::uint32_t>(i), slot.parent);
        }
      },
      [&](std::uint32_t root) -> std::uint32_t& { return before[root].low; });
}

void NodeTable::Flatten() {
  // Parents stand before their children, so that of a slot's parent is final when its turn comes.
  for (Slot& slot : slots_) {
    if (slot.parent != kEmpty) slot.parent = slots_[slot.parent].parent;
  }
}

void NodeTable::Sort() {
  if (sorted_) return;
  Flatten();
  CheckStop();
  std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t greatest = 0;
  std::size_t count = 0;
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  for (const Slot slot : slots_) {
    if (slot.parent == kEmpty) continue;
    // Unsigned order of these keys is the signed one of the nodes.
    const std::uint64_t key = slot.key() ^ kSign;
    smallest = std::min(smallest, key);
    greatest = std::max(greatest, key);
    slots_[count++] = Slot(key, slot.parent);
  }
  const int bits = count == 0 ? 0 : std::bit_width(smallest ^ greatest);
  SortByKey(slots_.data(), slots_.data() + count, std::max(bits - 8, 0));

  std::pmr::vector<std::uint32_t> first(slots_.size(), kEmpty, slots_.get_allocator());
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t& number = first[slots_[i].parent];
    if (number == kEmpty) number = static_cast<std::uint32_t>(i);
    slots_[i] = Slot(slots_[i].key() ^ kSign, number);
  }
  limit_ = 0;
  sorted_ = true;
}

void NodeTable::SortByKey(Slot* begin, Slot* end, int digit_shift) {
  constexpr std::ptrdiff_t kFew = 128;
  if (end - begin <= kFew) {
    std::sort(begin, end, [](const Slot& x, const Slot& y) { return x.key() < y.key(); });
    return;
  }
  CheckStop();
  const auto digit = [digit_shift](const Slot& slot) { return slot.key() >> digit_shift & 0xff; };
  std::array<Slot*, 256> next;
  std::array<Slot*, 256> last;
  std::array<std::size_t, 256> counts{};
  for (const Slot* slot = begin; slot < end; ++slot) ++counts[digit(*slot)];
  Slot* at = begin;
  for (int i = 0; i < 256; ++i) {
    next[i] = at;
    last[i] = at += counts[i];
  }
  // Every swap brings a slot to its bucket.
  for (int i = 0; i < 256; ++i) {
    while (next[i] < last[i]) {
      Slot slot = *next[i];
      for (auto to = digit(slot); to != static_cast<std::uint64_t>(i); to = digit(slot)) {
        std::swap(slot, *next[to]++);
      }
      *next[i]++ = slot;
    }
  }
  if (digit_shift == 0) return;
  at = begin;
  for (int i = 0; i < 256; ++i) {
    if (last[i] - at > 1) SortByKey(at, last[i], std::max(digit_shift - 8, 0));
    at = last[i];
  }
}

}  // namespace cdp::identity
