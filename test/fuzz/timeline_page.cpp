/// Arbitrary bytes as a page of timelines: through the door, and past it, as a page that rotted
/// would come. What the door takes must be the documented page of what is read from it.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/behavior/timeline_funnel.h"
#include "core/timeline/timeline_page_writer.h"
#include "oracle/timeline_page.h"

namespace {

using namespace cdp::timeline;

cdp::oracle::TimelineEvent OracleOf(const FullEvent& record) {
  cdp::oracle::TimelineEvent event{record.at, record.code, {}, {}};
  if (record.has_value()) event.value = record.value;
  for (int i = 0; i < kMaxProperties; ++i) {
    if (record.has_property(i + 1)) event.properties[i] = record.properties[i];
  }
  return event;
}

std::vector<std::byte> Written(const PagePeople& people) {
  PageMeasure measure;
  for (const PagePerson& person : people) measure.Add(person);
  std::vector<std::byte> page(measure.size());
  WritePage(measure, people, page.data());
  return page;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  auto* memory = std::pmr::new_delete_resource();
  // A copy of just this size: reading behind it is seen.
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> bytes(begin, begin + size);
  UsePortableKernels(size % 2 == 0);
  bool taken = false;
  try {
    CheckPage(bytes, ErrorCode::kInvalidBinary, memory);
    taken = true;
  } catch (const Error&) {
  }
  try {
    const PageView page(bytes);
    const std::int32_t steps[] = {1, 2, 1, 300};
    const behavior::TimelineFunnel funnel(steps, 1'000'000, {});
    oracle::Page read;
    std::uint64_t count = 0;
    page.ForEach([&](std::uint32_t person, const View& view) {
      const int depth = funnel.Depth(view);
      if (taken && (depth < 0 || depth > 4)) std::abort();
      ForEachRecord<FullEvent>(
          view, [&](const FullEvent& event) { read[person].push_back(OracleOf(event)); });
      count += view.count();
      if (taken && !page.Find(person)) std::abort();
    });
    if (count != page.CountEvents()) std::abort();
    if (taken && oracle::PageImage(read) != bytes) std::abort();
    std::pmr::monotonic_buffer_resource room;
    PagePeople sliced(memory);
    page.ForEachPerson([&](const PagePerson& person) {
      sliced.push_back(SliceOf(page, person, {0, 1'000'000'000'000'000}, &room));
    });
    UnitePeople(&sliced, &room);
    CheckPage(taken ? Written(sliced) : bytes, ErrorCode::kInvalidBinary, memory);
  } catch (const Error&) {
    if (taken) std::abort();
  }
  try {
    std::pmr::monotonic_buffer_resource room;
    PagePeople people(memory);
    ForEachOfPageBuild(bytes, [&people](const PagePerson& person) { people.push_back(person); });
    UnitePeople(&people, &room);
    if (Written(people).empty()) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
