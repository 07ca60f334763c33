#pragma once

#include <cstdint>

#include "identifier_book.h"
#include "journal.h"
#include "ledger.h"
#include "seeded_random.h"

namespace cdp::demo {

/// Everything that grows while people are invented, in one place.
struct World {
  explicit World(std::uint64_t seed) : random(seed, 0), book(seed) {
    for (std::size_t i = 0; i < Placeholders().size(); ++i) book.AddPlaceholder(i);
  }

  /// The placeholders are the first identifiers, so their position is their number.
  static constexpr Id kPlaceholderPhone = 0;

  Random random;
  IdentifierBook book;
  Journal journal;
  Ledger ledger;
};

}  // namespace cdp::demo
