/// Memory for records that are written before they are read.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>
#include <type_traits>

namespace cdp {

/// So many records without content: a vector would first write zeros into all of them, for which
/// nothing can stop it.
template <class Record>
class Room {
  static_assert(std::is_trivially_copyable_v<Record> && std::is_trivially_destructible_v<Record>);

 public:
  explicit Room(std::pmr::memory_resource* memory) : memory_(memory) {}
  Room(std::size_t count, std::pmr::memory_resource* memory) : memory_(memory) { Take(count); }
  ~Room() { Drop(); }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  /// Has room for so many; forgets what was there.
  Record* For(std::size_t count) {
    if (count > records_.size()) {
      Drop();
      Take(count + count / 8);  // the next ones are about as many
    }
    return records_.data();
  }
  Record* data() const { return records_.data(); }
  std::span<Record> records() const { return records_; }

 private:
  void Take(std::size_t count) {
    if (count == 0) return;
    records_ = {static_cast<Record*>(memory_->allocate(count * sizeof(Record), alignof(Record))),
                count};
  }
  void Drop() {
    if (!records_.empty()) {
      memory_->deallocate(records_.data(), records_.size_bytes(), alignof(Record));
    }
    records_ = {};
  }

  std::pmr::memory_resource* memory_;
  std::span<Record> records_;
};

}  // namespace cdp
