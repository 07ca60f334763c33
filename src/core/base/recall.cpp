#include "core/base/recall.h"

namespace cdp {

Recall::Item* Recall::Request(std::uint64_t key) {
  if (const auto place = places_.find(key); place != places_.end()) {
    Item* item = &*place->second;
    item->previous = item->latest;
    ++item->requests;
    Touch(item);
    return item;
  }
  if (remembered_.size() >= max_remembered_) Drop(&remembered_.back());
  remembered_.push_front({key, ++clock_, 0, 1, 0, nullptr, {}});
  remembered_.front().position = remembered_.begin();
  try {
    places_.emplace(key, remembered_.begin());
  } catch (...) {
    remembered_.pop_front();
    throw;
  }
  return &remembered_.front();
}

void Recall::Touch(Item* item) {
  item->latest = ++clock_;
  Items& list = ListOf(*item);
  list.splice(list.begin(), list, item->position);
}

void Recall::Hold(Item* item, std::size_t bytes, void* value) {
  held_.splice(held_.begin(), remembered_, item->position);
  item->bytes = bytes;
  item->value = value;
  held_bytes_ += bytes;
}

void Recall::Grow(Item* item, std::size_t bytes) {
  item->bytes += bytes;
  held_bytes_ += bytes;
}

void Recall::Drop(Item* item) {
  held_bytes_ -= item->bytes;
  places_.erase(item->key);
  ListOf(*item).erase(item->position);
}

}  // namespace cdp
