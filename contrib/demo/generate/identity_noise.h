#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "population.h"
#include "world.h"

namespace cdp::demo {

/// Confuses people in twos: the device of one is also used by the member of the next (a family), or
/// the phone of one is later registered by the member of the next (a recycled number). No rule can
/// see that from one link, so resolution joins the two: they cost precision, honestly.
class ConfusedPairs {
 public:
  /// Ends a confused person's main unit in the ledger.
  void Close(World& world, const Unit& unit);
  /// Ends the people left without a partner.
  void Finish(World& world);

 private:
  struct Waiting {
    Id id;
    Source source;
    int start_day;
  };
  std::optional<Waiting> waiting_;
};

/// What the noise added, for the facts.
struct NoiseCounts {
  std::uint64_t link_bad_rows = 0;  // one of the two values is missing
  std::uint64_t link_self_rows = 0;
  std::array<std::uint64_t, kFaults> bad_events{};
  std::uint64_t events_without_person = 0;
};

/// Adds what belongs to nobody: placeholder values, store tablets and reseller phones with their
/// links and events, links of an identifier with itself, and bad rows. No identifier gets into
/// more than one of these hubs, so all but the hubs stay within the fan-out limit.
NoiseCounts AddSharedNoise(World& world, std::int32_t people, std::uint64_t seed);

}  // namespace cdp::demo
