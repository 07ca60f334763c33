#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "vocabulary.h"
#include "world.h"

namespace cdp::demo {

/// What a person is for. Each planted truth has people of its own, so that none disturbs another.
enum class Role : std::uint8_t {
  kCampaign,       // follows in the campaign month: the funnel
  kCohort,         // registers first in a cohort week: the retention curve
  kLastDay,        // fills a cart on the last day: the flagship audience
  kFamilyDevice,   // shares a device with the next person of this role
  kRecycledPhone,  // has a phone number which the next person of this role gets later
  kOrdinary
};
Role RoleOf(std::int32_t person);

/// Identifiers that unguarded links join, and where they are used.
struct Unit {
  struct Link {
    Id a;
    Id b;
    Source source;
    bool in_file;   // false: known from events only
    bool in_event;  // the pair also travels in the `identities` of an event
  };

  std::int32_t person = 0;
  Role role = Role::kOrdinary;
  int start_day = 0;                 // nothing is browsed or linked before
  bool carries_placeholder = false;  // its registration names a placeholder phone
  std::array<Id, kIdTypes> first{};  // one identifier per type, or kNoId
  std::vector<Id> ids;               // all
  std::vector<Id> devices;
  std::vector<Id> cookies;
  std::vector<Channel> channels;
  std::vector<Link> links;

  Id Of(IdType type) const { return first[static_cast<std::size_t>(type)]; }
  bool Has(IdType type) const { return Of(type) != kNoId; }
};

/// Invents a person's identifiers. The first unit is the one that plays the role; the others are
/// identifiers which nothing links with it. A campaign person can be met in `entry`.
std::vector<Unit> InventPerson(World& world, std::int32_t person, Role role, Channel entry);

/// Writes the unit's links, with repeats, in both directions, and without some of those that an
/// event carries anyway.
void WriteLinks(World& world, const Unit& unit);

}  // namespace cdp::demo
