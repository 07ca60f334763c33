/// Arbitrary bytes as an activity: what the door accepts stays what it is; what it refuses must not
/// harm the questions either.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory_resource>
#include <vector>

#include "core/behavior/cohort_retention.h"
#include "core/behavior/lifecycle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  using namespace cdp::behavior;
  const bitmap::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  auto* memory = std::pmr::new_delete_resource();
  const auto ask = [memory](bitmap::Bytes value) {
    const ActivityView view(value);
    RetentionQuestion question;
    question.periods = 3;
    for (const RetentionKind kind : {RetentionKind::kNDay, RetentionKind::kUnbounded}) {
      question.kind = kind;
      question.unit = kind == RetentionKind::kNDay ? CalendarUnit::kMonth : CalendarUnit::kDay;
      question.recurring = kind == RetentionKind::kNDay;
      const CohortRetention retention(view, question, memory);
      for (const RetentionCell& cell : retention.Matrix()) {
        retention.Returned(cell.cohort, cell.period);
      }
    }
    Stickiness(view, CalendarUnit::kWeek, memory);
    const auto entries = view.Entries(memory);
    // A series from one end of the calendar to the other would only take time.
    if (!entries.empty() && entries.back().day / 1000 == entries.front().day / 1000) {
      Lifecycle(view, CalendarUnit::kDay, std::nullopt, memory);
    }
  };
  try {
    ask(bytes);
  } catch (const Error&) {
  }
  try {
    const auto image = CheckedActivity(bytes, ErrorCode::kInvalidBinary, memory);
    if (!std::ranges::equal(CheckedActivity(image, ErrorCode::kInvalidBinary, memory), image)) {
      std::abort();
    }
    ask(image);
  } catch (const Error&) {
  }
  return 0;
}
