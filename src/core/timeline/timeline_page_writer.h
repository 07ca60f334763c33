/// Makes pages: of timelines, and of parts of them.
#pragma once

#include <algorithm>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

#include "core/timeline/stamped.h"
#include "core/timeline/timeline_check.h"
#include "core/timeline/timeline_page.h"
#include "core/timeline/timeline_walk.h"
#include "core/timeline/timeline_writer.h"

namespace cdp::timeline {

/// What the page of some people will be. Each costs a few operations, so that who fills pages may
/// try whether one more fits.
class PageMeasure {
 public:
  /// A person behind those before, with events.
  void Add(const PagePerson& person);

  std::size_t people() const { return people_; }
  /// Bytes of the page; more than a value can hold, perhaps.
  std::size_t size() const;
  PageHeader header() const;

 private:
  std::uint32_t people_ = 0;
  std::uint32_t first_person_ = 0;
  std::uint32_t last_person_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::uint32_t most_events_ = 0;
  Micros first_ = 0;
  Micros last_first_ = 0;
  std::uint64_t longest_ = 0;
  std::uint64_t code_bits_ = 0;
  bool milliseconds_ = true;
  bool seconds_ = true;
};

using PagePeople = std::pmr::vector<PagePerson>;

/// Writes the page of the people that `measure` was given; `out` has room for measure.size().
void WritePage(const PageMeasure& measure, std::span<const PagePerson> people, std::byte* out);

/// Puts people into order, and the parts of each into that of their first events.
void SortParts(PagePeople* people);

/// All events of several parts of one timeline, which have some, those that begin first in front.
/// What is made is allocated from `memory` and not given back.
PagePerson Unite(std::span<const PagePerson> parts, std::pmr::memory_resource* memory);

/// Puts people into order, in any order and each as often as there are parts of the timeline, and
/// unites the parts of each; who has no events is left out. What is made anew is allocated from
/// `memory` and not given back.
void UnitePeople(PagePeople* people, std::pmr::memory_resource* memory);

/// The part of a timeline that lies in a period, likewise; it may have no events.
PagePerson SliceOf(const PageView& page, const PagePerson& person, const Period& period,
                   std::pmr::memory_resource* memory);

/// Sorts these events, which may be changed, and writes their image into memory of `keep`; `memory`
/// lends room.
template <class Record>
std::span<const std::byte> ImageOf(std::span<Record> events, std::pmr::memory_resource* memory,
                                   std::pmr::memory_resource* keep) {
  std::span<std::byte> image;
  WriteUnsorted(events, memory, [&](std::size_t size) {
    image = {static_cast<std::byte*>(keep->allocate(size, 1)), size};
    return image.data();
  });
  return image;
}

/// An image as what a page has of it.
inline PagePerson PersonOf(std::uint32_t person, std::span<const std::byte> image) {
  return {person, ReadHeader(image), image.subspan(sizeof(ImageHeader))};
}

/// Returns when the bytes are exactly the page of some timelines, and throws an error of kind
/// `code` otherwise. `memory` lends room.
void CheckPage(std::span<const std::byte> page, ErrorCode code, std::pmr::memory_resource* memory);

}  // namespace cdp::timeline
