#pragma once

#include <cstdint>
#include <vector>

#include "identifier_book.h"
#include "vocabulary.h"

namespace cdp::demo {

constexpr std::uint16_t kNoItem = 0xffff;
constexpr std::uint16_t kItems = 2000;
constexpr int kCategories = 8;

/// Price of an item in cents; its category is `item % kCategories`.
std::uint32_t PriceOf(std::uint16_t item);

/// What is wrong with a row that must end in quarantine. Each bad row has exactly one fault.
enum class Fault : std::uint8_t { kNone, kTime, kIdentifier, kName };
constexpr int kFaults = 4;

struct Event {
  std::int32_t at;
  Id id;
  std::uint32_t cents;   // of submit_order and pay
  std::uint32_t extras;  // position in Journal::extras; 0: the event carries no more identifiers
  std::uint16_t item;
  Action action;
  Channel channel;
  Fault fault;
};

/// More identifiers of the same visitor, sent in the same event.
struct Extras {
  std::vector<Id> ids;
};

struct LinkRow {
  std::int32_t at;
  Id a;
  Id b;
  Source source;
};

/// All rows in the order in which they were thought of; Sort() brings them into order of time,
/// rows of the same second keeping that order.
class Journal {
 public:
  void Add(const Event& event) { events_.push_back(event); }
  void AddLink(const LinkRow& link) { links_.push_back(link); }
  std::uint32_t AddExtras(std::vector<Id> ids) {
    extras_.push_back({std::move(ids)});
    return static_cast<std::uint32_t>(extras_.size() - 1);
  }
  void Sort();

  const std::vector<Event>& events() const { return events_; }
  const std::vector<LinkRow>& links() const { return links_; }
  const Extras& extras(std::uint32_t position) const { return extras_[position]; }

 private:
  std::vector<Event> events_;
  std::vector<LinkRow> links_;
  std::vector<Extras> extras_{Extras{}};
};

}  // namespace cdp::demo
