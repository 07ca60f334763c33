#include "core/audience/draw.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "core/audience/share.h"
#include "core/base/sort.h"
#include "core/base/stop.h"
#include "core/bitmap/bitmap_cursor.h"

namespace cdp::audience {

namespace {

struct Ticket {
  double share;
  std::uint32_t id;

  friend bool operator<(const Ticket& a, const Ticket& b) {
    return a.share != b.share ? a.share < b.share : a.id < b.id;
  }
};

// Leaves the `count` smallest, in any order.
void KeepSmallest(std::size_t count, std::pmr::vector<Ticket>* tickets) {
  if (tickets->size() <= count) return;
  StopTicker ticker;
  std::nth_element(tickets->begin(), tickets->begin() + static_cast<std::ptrdiff_t>(count),
                   tickets->end(), [&ticker](const Ticket& a, const Ticket& b) {
                     ticker.Step();
                     return a < b;
                   });
  tickets->resize(count);
}

}  // namespace

bsi::IdSet Draw(bitmap::Bytes people, std::uint64_t count, std::string_view salt,
                std::pmr::memory_resource* memory) {
  if (count == 0) return bsi::IdSet(memory);
  if (count >= bitmap::BitmapView(people).Cardinality()) return bsi::IdSet(people, memory);
  const Lottery lottery(salt);
  const auto wanted = static_cast<std::size_t>(count);
  // Twice as many as are wanted are sorted out at a time: a few steps for each of them, and whoever
  // comes later is compared with the last of those that are left.
  const std::size_t room = std::max<std::size_t>(2 * wanted, 1024);
  std::pmr::vector<Ticket> tickets(memory);
  double bound = 1;
  std::array<std::uint32_t, 4096> ids;
  bitmap::BitmapCursor cursor(people);
  StopTicker ticker;
  while (const std::size_t read = cursor.Read(ids)) {
    ticker.Step(static_cast<std::uint32_t>(read));
    for (std::size_t i = 0; i < read; ++i) {
      const double share = lottery.Share(ids[i]);
      if (share >= bound) continue;  // at a tie the smaller id, which has come already
      tickets.push_back({share, ids[i]});
      if (tickets.size() == room) {
        KeepSmallest(wanted, &tickets);
        bound = std::max_element(tickets.begin(), tickets.end())->share;
      }
    }
  }
  KeepSmallest(wanted, &tickets);
  std::pmr::vector<std::uint32_t> drawn(memory);
  drawn.reserve(tickets.size());
  for (const Ticket& ticket : tickets) drawn.push_back(ticket.id);
  SortPolled(std::span(drawn), memory);
  return bsi::IdSet(std::span<const std::uint32_t>(drawn), memory);
}

}  // namespace cdp::audience
