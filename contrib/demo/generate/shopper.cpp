#include "shopper.h"

#include <algorithm>
#include <array>

namespace cdp::demo {

std::uint16_t Shopper::AnyItem() {
  // The best sellers get most of the attention.
  const std::uint32_t range = random_.Percent(60) ? kItems / 20 : kItems;
  return static_cast<std::uint16_t>(random_.Below(range));
}

int Shopper::AnyHour() {
  static constexpr std::array<int, 24> kHours{2, 1, 1, 0, 0, 1, 2, 4, 6,  7,  8, 8,
                                              9, 7, 6, 6, 6, 6, 7, 9, 12, 12, 6, 0};
  const int hour = static_cast<int>(random_.Weighted(kHours));
  return hour * kHour + random_.Between(0, kHour - 1);
}

// In the App, the store and on the web people are known by more than one identifier.
Id Shopper::IdIn(Channel channel) {
  const Id member = unit_.Of(IdType::kMember);
  switch (channel) {
    case Channel::kApp:
      if (member != kNoId && random_.Percent(35)) return member;
      return random_.Pick(unit_.devices);
    case Channel::kWeb:
      if (member != kNoId && random_.Percent(35)) return member;
      return random_.Pick(unit_.cookies);
    case Channel::kStore:
      if (member != kNoId && random_.Percent(20)) return member;
      if (unit_.Has(IdType::kPhone) && random_.Percent(20)) return unit_.Of(IdType::kPhone);
      break;
    default:
      break;
  }
  return unit_.Of(DoorId(channel));
}

std::uint32_t Shopper::RegistrationForm(Id id) {
  std::vector<Id> ids;
  const IdType type = world_.book.TypeOf(id);
  const auto fill_in = [&](Id other) {
    if (other == id) return;
    ids.push_back(other);
    for (Unit::Link& link : unit_.links) {
      if ((link.a == id && link.b == other) || (link.a == other && link.b == id)) {
        link.in_event = true;
        return;
      }
    }
    unit_.links.push_back({id, other, Source::kImport, false, true});
  };
  for (Id other : unit_.ids) {
    const IdType other_type = world_.book.TypeOf(other);
    const bool wechat = type == IdType::kOpenidMp || type == IdType::kOpenidOa;
    if (other_type == IdType::kPhone || (wechat && other_type == IdType::kUnionid)) fill_in(other);
  }
  if (unit_.carries_placeholder) fill_in(World::kPlaceholderPhone);
  return ids.empty() ? 0 : world_.journal.AddExtras(std::move(ids));
}

void Shopper::Write(int at, Action action, Channel channel, std::uint16_t item, std::uint32_t cents,
                    bool with_form) {
  const Id id = IdIn(channel);
  const std::uint32_t extras = with_form ? RegistrationForm(id) : 0;
  world_.journal.Add({at, id, cents, extras, item, action, channel, Fault::kNone});
  world_.ledger.Saw(channel);
}

void Shopper::Do(int at, Action action, Channel channel, std::uint16_t item) {
  Write(at, action, channel, item, 0, false);
}

void Shopper::RegisterBetween(int from, int to) {
  const int at = random_.Between(from, to);
  Register(at, AnyChannel());
}

void Shopper::Register(int at, Channel channel) {
  Write(at, Action::kRegister, channel, kNoItem, 0, random_.Percent(75));
  world_.ledger.Registered(at);
}

void Shopper::Submit(int at, Channel channel, std::uint16_t item, std::uint32_t cents) {
  Write(at, Action::kSubmitOrder, channel, item, cents, false);
}

void Shopper::Pay(int at, Channel channel, std::uint16_t item, std::uint32_t cents) {
  Write(at, Action::kPay, channel, item, cents, false);
  world_.ledger.Paid(at, cents);
}

void Shopper::Order(int at, Channel channel) {
  const std::uint16_t item = AnyItem();
  const std::uint32_t cents = PriceOf(item) * static_cast<std::uint32_t>(random_.Between(1, 3));
  if (random_.Percent(50)) Do(at, Action::kViewItem, channel, item);
  if (random_.Percent(60)) Do(at + random_.Between(5, 300), Action::kAddToCart, channel, item);
  const int submitted = at + random_.Between(300, 900);
  const Channel till = MaybeSwitch(channel);
  if (random_.Percent(80)) Submit(submitted, till, item, cents);
  Pay(submitted + random_.Between(0, 600), till, item, cents);
}

void Shopper::OrderBetween(int from_day, int to_day) {
  const int day = random_.Between(from_day, to_day);
  const int at = day * kDay + AnyHour();
  Order(at, AnyChannel());
}

}  // namespace cdp::demo
