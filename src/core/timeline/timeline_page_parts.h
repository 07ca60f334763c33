/// Pages in build form as they are read by who does not keep them: nothing is sealed on the way.
#pragma once

#include <memory_resource>
#include <span>

#include "core/timeline/timeline_page_writer.h"

namespace cdp::timeline {

/// A person with times and codes alone, which lie side by side in the body.
inline PagePerson BarePerson(std::uint32_t person, const View& view) {
  ImageHeader header = view.header();
  header.flags = 0;
  const std::span<const std::byte> deltas = view.deltas();
  return {person, header, {view.codes(), deltas.data() + deltas.size()}};
}

/// The people of a page, in build form the parts of timelines, those without events left out.
inline std::size_t CountParts(std::span<const std::byte> page) {
  if (!IsPageBuild(page)) return PageView(page).people();
  std::size_t parts = 0;
  ForEachOfPageBuild(
      page, [&parts](const PagePerson& person) { parts += person.header.count != 0 ? 1 : 0; });
  return parts;
}

/// The same parts, as they lie in a page in build form.
inline PagePeople PartsOf(std::span<const std::byte> build, std::pmr::memory_resource* memory) {
  PagePeople people(memory);
  people.reserve(CountParts(build));
  ForEachOfPageBuild(build, [&people](const PagePerson& person) {
    if (person.header.count != 0) people.push_back(person);
  });
  return people;
}

/// Calls use(person, view) for each person of a page in either form, in ascending order; the view
/// lives during the call. Those none of whose codes has one of `code_bits` may be passed over.
/// `memory` lends room.
template <class Use>
void ForEachOfPage(std::span<const std::byte> page, std::pmr::memory_resource* memory, Use&& use,
                   std::uint64_t code_bits = PageView::kAnyCode) {
  if (!IsPageBuild(page)) return PageView(page).ForEach(use, code_bits);
  PagePeople people = PartsOf(page, memory);
  SortParts(&people);
  StopTicker ticker;
  const std::byte* const end = page.data() + page.size();
  for (std::size_t from = 0; from < people.size();) {
    const PagePerson& first = people[from];
    std::size_t to = from;
    for (; to < people.size() && people[to].person == first.person; ++to) {
      ticker.Step(people[to].header.count + 16);
    }
    if (to == from + 1) {
      use(first.person, View(first.header, first.body, end));
    } else {
      const PagePerson united = Unite(std::span(people).subspan(from, to - from), memory);
      use(first.person, View(united.header, united.body, united.body.data() + united.body.size()));
    }
    from = to;
  }
}

}  // namespace cdp::timeline
