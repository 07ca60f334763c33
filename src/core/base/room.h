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
  Room(std::size_t count, std::pmr::memory_resource* memory) : memory_(memory) {
    if (count == 0) return;
    records_ = {static_cast<Record*>(memory->allocate(count * sizeof(Record), alignof(Record))),
                count};
  }
  ~Room() {
    if (!records_.empty()) {
      memory_->deallocate(records_.data(), records_.size_bytes(), alignof(Record));
    }
  }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  Record* data() const { return records_.data(); }
  std::span<Record> records() const { return records_; }

 private:
  std::pmr::memory_resource* memory_;
  std::span<Record> records_;
};

}  // namespace cdp
