/// Which of many values, asked for by key again and again, a cache of bounded size holds.
#pragma once

#include <cstdint>
#include <list>
#include <memory_resource>
#include <unordered_map>

namespace cdp {

/// Counts requests for keys and says for which values there is room.
///
/// When the room is used up, a value takes the place of such that were requested longer ago than it
/// was itself the time before. So a walk round and round over more than fits keeps what it holds,
/// while a value that is asked many times in a row drives out one that had its turn.
class Recall {
 public:
  struct Item {
    std::uint64_t key;
    std::uint64_t latest;                     ///< when it was requested: a count of all requests
    std::uint64_t previous;                   ///< the time before that
    std::uint32_t requests;                   ///< so far
    std::size_t bytes;                        ///< held for it; 0 when it is only remembered
    void* value;                              ///< what the owner holds
    std::pmr::list<Item>::iterator position;  ///< its own
  };

  /// Holds at most `max_bytes`, and remembers at most `max_remembered` keys besides.
  Recall(std::pmr::memory_resource* memory, std::size_t max_bytes, std::size_t max_remembered)
      : max_bytes_(max_bytes),
        max_remembered_(max_remembered),
        held_(memory),
        remembered_(memory),
        places_(memory) {}

  /// The item of a key, this request counted. It stays where it is until it is dropped; one that
  /// holds nothing may be forgotten by the next request.
  Item* Request(std::uint64_t key);
  /// The item that was requested is in use again, or still: it becomes no colder.
  void Touch(Item* item);

  /// Whether the item requested last may hold so many bytes. Then colder ones have made room for
  /// them: `drop(item)` was called for each, and forgot its value. What is `in_use(item)` stays.
  template <class InUse, class DropValue>
  bool MakeRoom(const Item& item, std::size_t bytes, InUse in_use, DropValue drop) {
    if (!HasColder(item, bytes, in_use)) return false;
    while (held_bytes_ + bytes > max_bytes_) {
      drop(held_.back());
      Drop(&held_.back());
    }
    return true;
  }

  /// The item holds a value from now on, for which there is room.
  void Hold(Item* item, std::size_t bytes, void* value);
  /// The item holds so many bytes more, whether there is room or not: the next value to be held
  /// finds so much less.
  void Grow(Item* item, std::size_t bytes);
  /// Forgets the item; what it held is the owner's to free.
  void Drop(Item* item);

  std::size_t held_bytes() const { return held_bytes_; }
  std::size_t remembered() const { return remembered_.size(); }

 private:
  using Items = std::pmr::list<Item>;  // the one requested latest first

  template <class InUse>
  bool HasColder(const Item& item, std::size_t bytes, InUse in_use) const {
    if (bytes > max_bytes_) return false;
    std::size_t left = held_bytes_;
    for (auto victim = held_.rbegin(); left + bytes > max_bytes_; ++victim) {
      if (victim->latest >= item.previous || in_use(*victim)) return false;
      left -= victim->bytes;
    }
    return true;
  }
  Items& ListOf(const Item& item) { return item.bytes != 0 ? held_ : remembered_; }

  std::size_t max_bytes_;
  std::size_t max_remembered_;
  std::size_t held_bytes_ = 0;
  std::uint64_t clock_ = 0;
  Items held_;
  Items remembered_;
  std::pmr::unordered_map<std::uint64_t, Items::iterator> places_;
};

}  // namespace cdp
