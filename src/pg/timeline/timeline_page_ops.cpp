/// Pages made of pages, and what is asked of one.

#include "pg/bitmap/bitmap_datum.h"
#include "pg/timeline/timeline_page_datum.h"

namespace cdp::pg {
namespace {

using timeline::PagePeople;
using timeline::PagePerson;
using timeline::PageView;

/// The page of the people for whom keep(person) holds; the page itself when that is all of them.
/// For use inside CallCore.
template <class Keep>
const varlena* Kept(const varlena* value, Keep keep) {
  const varlena* sealed = SealedPage(value);
  const PageView page(BytesOf(sealed));
  ContextResource memory(CurrentMemoryContext);
  PagePeople people(&memory);
  people.reserve(page.people());
  page.ForEachPerson([&](const PagePerson& person) {
    if (keep(person.person)) people.push_back(person);
  });
  return people.size() == page.people() ? sealed : NewPage(&people, &memory);
}

}  // namespace

CDP_FUNCTION(cdp_timeline_page_concat) {
  const varlena* left = PageArgument(fcinfo, 0);
  const varlena* right = PageArgument(fcinfo, 1);
  PG_RETURN_POINTER(CallCore([left, right]() -> const varlena* {
    const varlena* sealed_left = SealedPage(left);
    const varlena* sealed_right = SealedPage(right);
    const PageView a(BytesOf(sealed_left));
    const PageView b(BytesOf(sealed_right));
    if (b.people() == 0) return sealed_left;
    if (a.people() == 0) return sealed_right;
    ContextResource memory(CurrentMemoryContext);
    PagePeople people(&memory);
    people.reserve(a.people() + b.people());
    const auto take = [&people](const PagePerson& person) { people.push_back(person); };
    a.ForEachPerson(take);
    b.ForEachPerson(take);
    return NewPage(&people, &memory);
  }));
}

CDP_FUNCTION(cdp_timeline_page_slice) {
  const varlena* value = PageArgument(fcinfo, 0);
  const timeline::Period period{PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_TIMESTAMPTZ(2)};
  PG_RETURN_POINTER(CallCore([value, period]() -> const varlena* {
    const varlena* sealed = SealedPage(value);
    const PageView page(BytesOf(sealed));
    ContextResource memory(CurrentMemoryContext);
    PagePeople people(&memory);
    people.reserve(page.people());
    bool same = true;
    page.ForEachPerson([&](const PagePerson& person) {
      people.push_back(timeline::SliceOf(page, person, period, &memory));
      same = same && people.back().header.count == person.header.count;
    });
    return same ? sealed : NewPage(&people, &memory);
  }));
}

CDP_FUNCTION(cdp_timeline_page_restrict) {
  const varlena* value = PageArgument(fcinfo, 0);
  const bitmap::Bytes bytes = KeptBitmapArgument(fcinfo, 1);
  PG_RETURN_POINTER(CallCore([value, bytes] {
    const bitmap::BitmapView people(bytes);
    return Kept(value, [&people](uint32 person) { return people.Contains(person); });
  }));
}

CDP_FUNCTION(cdp_timeline_page_remove) {
  const varlena* value = PageArgument(fcinfo, 0);
  const bitmap::Bytes bytes = KeptBitmapArgument(fcinfo, 1);
  PG_RETURN_POINTER(CallCore([value, bytes] {
    const bitmap::BitmapView people(bytes);
    return Kept(value, [&people](uint32 person) { return !people.Contains(person); });
  }));
}

CDP_FUNCTION(cdp_timeline_page_get) {
  const varlena* value = PageArgument(fcinfo, 0);
  const uint32 person = PG_GETARG_UINT32(1);
  const varlena* timeline = CallCore([value, person]() -> const varlena* {
    const PageView page = ReadPage(value);
    const auto found = page.Find(person);
    return found ? NewTimelineOf(page.At(*found)) : nullptr;
  });
  if (timeline == nullptr) PG_RETURN_NULL();
  PG_RETURN_POINTER(timeline);
}

CDP_FUNCTION(cdp_timeline_page_people) {
  const varlena* value = PageArgument(fcinfo, 0);
  PG_RETURN_POINTER(CallCore([value] {
    const PageView page = ReadPage(value);
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<uint32> people(&memory);
    people.reserve(page.people());
    page.ForEachPerson([&people](const PagePerson& person) { people.push_back(person.person); });
    return NewBitmap(std::span<const uint32>(people));
  }));
}

CDP_FUNCTION(cdp_timeline_page_count) {
  const varlena* value = PageArgument(fcinfo, 0);
  PG_RETURN_INT64(CallCore([value] { return static_cast<int64>(ReadPage(value).CountEvents()); }));
}

}  // namespace cdp::pg
