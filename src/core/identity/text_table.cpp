#include "core/identity/text_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <tuple>

#include "core/base/error.h"
#include "core/base/sort.h"
#include "core/base/stop.h"

namespace cdp::identity {
namespace {

/// A text with eight of its bytes at hand, the first in the highest place; those it does not have
/// are zero.
struct Sortable {
  std::uint64_t head;
  std::uint32_t left;  // bytes from those on, 9 when there are more than eight
  std::uint32_t place;

  auto operator<=>(const Sortable& other) const {
    return std::tie(head, left) <=> std::tie(other.head, other.left);
  }
  bool operator==(const Sortable& other) const { return head == other.head && left == other.left; }
};

void ReadHead(std::string_view text, std::size_t from, Sortable* sortable) {
  const std::size_t left = text.size() - std::min(text.size(), from);
  char bytes[8] = {};
  if (left > 0) std::memcpy(bytes, text.data() + from, std::min<std::size_t>(8, left));
  std::memcpy(&sortable->head, bytes, sizeof(bytes));
  sortable->head = __builtin_bswap64(sortable->head);
  sortable->left = static_cast<std::uint32_t>(std::min<std::size_t>(9, left));
}

/// Sorts texts that agree in their first `depth` bytes. Ids of a kind begin alike, so that eight
/// bytes at a time save most of the ways to the texts themselves.
template <class TextOf>
void SortFrom(std::span<Sortable> texts, std::size_t depth, const TextOf& text_of) {
  constexpr std::size_t kFew = 8;
  constexpr std::size_t kDeepest = 256;  // bounds the recursion
  if (texts.size() <= kFew || depth >= kDeepest) {
    SortPolledInPlace(texts, [&](const Sortable& x, const Sortable& y) {
      return text_of(x.place) < text_of(y.place);
    });
    return;
  }
  for (Sortable& text : texts) ReadHead(text_of(text.place), depth, &text);
  SortPolledInPlace(texts);
  for (std::size_t from = 0; from < texts.size();) {
    std::size_t to = from + 1;
    while (to < texts.size() && texts[to] == texts[from]) ++to;
    if (to - from > 1) SortFrom(texts.subspan(from, to - from), depth + 8, text_of);
    from = to;
  }
}

}  // namespace

TextTable::~TextTable() {
  std::pmr::polymorphic_allocator<std::uint32_t> allocator(memory());
  for (const Block& block : blocks_) allocator.deallocate(block.words, block.count);
}

std::uint32_t TextTable::Place(std::string_view text, std::uint32_t hash) {
  if (places_.size() >= limit_) [[unlikely]]
    Prepare();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash >> shift_;
  for (; slots_[at].place != kEmpty; at = (at + 1) & mask) {
    if (slots_[at].hash == hash && Text(slots_[at].place) == text) return slots_[at].place;
  }
  slots_[at] = {hash, Append(text)};
  return slots_[at].place;
}

std::uint32_t TextTable::Append(std::string_view text) {
  const std::size_t words = (sizeof(Record) + text.size() + kWordBytes - 1) / kWordBytes;
  if (used_ + words > room_) MakeRoom(words);
  const auto place = static_cast<std::uint32_t>((chunks_.size() - 1) * kChunkWords + used_);
  places_.push_back(place);
  // A text longer than a chunk goes on in those behind it.
  if (used_ + words > kChunkWords) {
    const std::size_t more = (used_ + words - 1) / kChunkWords;
    for (std::size_t i = 0; i < more; ++i) chunks_.push_back(chunks_.back() + kChunkWords);
    used_ = used_ + words - more * kChunkWords;
    room_ -= more * kChunkWords;
  } else {
    used_ += words;
  }
  Record* record = At(place);
  *record = {place, static_cast<std::uint32_t>(text.size()), kNoRank};
  if (!text.empty()) std::memcpy(record + 1, text.data(), text.size());
  return place;
}

void TextTable::MakeRoom(std::size_t words) {
  std::pmr::polymorphic_allocator<std::uint32_t> allocator(memory());
  if (chunks_.size() == 1 && used_ + words <= kChunkWords) {
    // Few texts take no whole chunk.
    const std::size_t room = std::min(kChunkWords, std::bit_ceil(used_ + words));
    std::uint32_t* wider = allocator.allocate(room);
    std::memcpy(wider, chunks_[0], used_ * kWordBytes);
    allocator.deallocate(chunks_[0], room_);
    chunks_[0] = wider;
    blocks_[0] = {wider, room};
    room_ = room;
    return;
  }
  const std::size_t room = chunks_.empty() && words <= kChunkWords
                               ? std::max(kFirstChunkWords, std::bit_ceil(words))
                               : (words + kChunkWords - 1) / kChunkWords * kChunkWords;
  if (chunks_.size() + room / kChunkWords >= kEmpty / kChunkWords) {
    throw Error(ErrorCode::kLimitExceeded, "graph has too much text",
                "The texts of its nodes may take 16 GB.");
  }
  blocks_.push_back({allocator.allocate(room), room});
  chunks_.push_back(blocks_.back().words);
  used_ = 0;
  room_ = room;
}

void TextTable::Prepare() {
  if (sorted_) {
    // Back to the order of arrival, in which parents stand before their children.
    SortPolledInPlace(std::span(places_));
    limit_ = slots_.size() / 4 * 3;
    sorted_ = false;
  }
  if (places_.size() >= limit_) Grow();
}

void TextTable::Grow() {
  const int bits = slots_.empty() ? kFirstBits : std::countr_zero(slots_.size()) + 1;
  // The texts' own limit comes first: each takes 12 bytes and more.
  std::pmr::vector<Slot> before(std::size_t{1} << bits, slots_.get_allocator());
  before.swap(slots_);
  limit_ = slots_.size() / 4 * 3;
  shift_ = 32 - bits;
  const std::size_t mask = slots_.size() - 1;
  StopTicker ticker;
  for (const Slot& slot : before) {
    ticker.Step();
    if (slot.place == kEmpty) continue;
    std::size_t at = slot.hash >> shift_;
    while (slots_[at].place != kEmpty) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

void TextTable::Sort() {
  if (sorted_) return;
  StopTicker ticker;
  // Parents came before their children, so that of a text's parent is final when its turn comes.
  for (const std::uint32_t place : places_) {
    Record* record = At(place);
    record->parent = At(record->parent)->parent;
    record->rank = kNoRank;
    ticker.Step();
  }
  std::pmr::vector<Sortable> sortable(places_.get_allocator());
  sortable.reserve(places_.size());
  for (const std::uint32_t place : places_) sortable.push_back({0, 0, place});
  SortFrom(std::span(sortable), 0, [this](std::uint32_t place) { return Text(place); });
  for (std::size_t i = 0; i < sortable.size(); ++i) {
    places_[i] = sortable[i].place;
    std::uint32_t& rank = At(At(places_[i])->parent)->rank;
    if (rank == kNoRank) rank = static_cast<std::uint32_t>(i);
    ticker.Step();
  }
  limit_ = 0;
  sorted_ = true;
}

}  // namespace cdp::identity
