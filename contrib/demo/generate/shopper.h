#pragma once

#include <cstdint>

#include "population.h"
#include "world.h"

namespace cdp::demo {

/// One unit doing things: writes events and tells the ledger what they mean.
class Shopper {
 public:
  Shopper(World& world, Unit& unit) : world_(world), random_(world.random), unit_(unit) {}

  /// Any action but register and pay.
  void Do(int at, Action action, Channel channel, std::uint16_t item = kNoItem);
  /// The event carries other identifiers of the unit, as a registration form does.
  void Register(int at, Channel channel);
  void RegisterBetween(int from, int to);
  void Submit(int at, Channel channel, std::uint16_t item, std::uint32_t cents);
  void Pay(int at, Channel channel, std::uint16_t item, std::uint32_t cents);

  /// Looks, fills the cart, submits and pays, from `at` on, within half an hour.
  void Order(int at, Channel channel);
  /// Order at a likely hour of one of the days [from, to]; ends before the day does.
  void OrderBetween(int from_day, int to_day);

  Channel AnyChannel() { return random_.Pick(unit_.channels); }
  /// Another channel of the unit rather often, where it has one.
  Channel MaybeSwitch(Channel channel) { return random_.Percent(45) ? AnyChannel() : channel; }
  std::uint16_t AnyItem();
  /// Second of the day at which people are awake; leaves an hour and more before midnight.
  int AnyHour();

  World& world() { return world_; }
  Unit& unit() { return unit_; }

 private:
  Id IdIn(Channel channel);
  std::uint32_t RegistrationForm(Id id);
  void Write(int at, Action action, Channel channel, std::uint16_t item, std::uint32_t cents,
             bool with_form);

  World& world_;
  Random& random_;
  Unit& unit_;
};

/// Sessions without meaning for any truth, plus the follows before the campaign month.
void Browse(Shopper& shopper);
/// The same for a stray identifier: at least one event, sometimes orders.
void BrowseAsStranger(Shopper& shopper);

}  // namespace cdp::demo
