/// Who did what on which day, and how often: the rows of a day rollup from the timelines of many
/// people.
///
/// Every event becomes a note, a row of some twelve bytes in a state of user rows, where the kind
/// of event stands in for the user. So all notes of one kind come out together, and states of
/// parallel workers are put together as those of any user rows are.
#pragma once

#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

#include "core/base/zone.h"
#include "core/bsi/row.h"
#include "core/timeline/timeline_view.h"
#include "core/timeline/user_groups.h"

namespace cdp::report {

/// The days from <= day < to, all by default; days count since 2000-01-01.
struct DayRange {
  std::int64_t from = INT64_MIN;
  std::int64_t to = INT64_MAX;

  bool Holds(std::int64_t day) const { return from <= day && day < to; }
};

/// Notes that the person did each event of the timeline on one of these days so many times more on
/// its day, or fewer. `property` (1 to 4) tells events apart also by what they say of it; 0: by
/// nothing else.
void NoteDays(const timeline::View& view, std::uint32_t person, std::int32_t times, int property,
              const DayRange& range, Zone* zone, timeline::UserRows* notes);

/// The upper bits of people who share a row.
inline constexpr unsigned kChunkBits = 20;

/// One row of the rollup.
struct DayRow {
  std::int32_t value;  ///< of the property; 0 without
  std::int32_t code;
  std::int32_t day;  ///< since 2000-01-01
  std::uint32_t chunk;
  std::span<const bsi::Row> people;  ///< ascending, each once; until the next row is asked for
};

/// Gives each row once that the notes change; of one kind of event they come by day and chunk.
class DayRows {
 public:
  /// What the segments point to must live as long as rows are asked for.
  DayRows(timeline::RowSegments&& notes, std::pmr::memory_resource* memory)
      : memory_(memory), kinds_(std::move(notes), memory), people_(memory) {}

  /// The next row; false at the end. Throws kCorruptData for what is no note.
  bool Next(DayRow* row);

 private:
  /// Takes the notes of one day and chunk off the front.
  void TakePeople(Micros day, std::uint32_t chunk);

  std::pmr::memory_resource* memory_;
  timeline::UserGroups<timeline::ValuedEvent> kinds_;
  std::int64_t kind_ = 0;
  std::span<timeline::ValuedEvent> notes_;  ///< of this kind, sorted, that were not given yet
  std::pmr::vector<bsi::Row> people_;
};

}  // namespace cdp::report
