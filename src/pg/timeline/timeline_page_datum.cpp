#include "pg/timeline/timeline_page_datum.h"

#include "core/timeline/timeline_page_parts.h"

namespace cdp::pg {

using timeline::PagePeople;
using timeline::PagePerson;

varlena* NewPage(PagePeople* people, std::pmr::memory_resource* memory) {
  timeline::UnitePeople(people, memory);
  timeline::PageMeasure measure;
  timeline::ForEachPolled<PagePerson>(
      *people, [&measure](const PagePerson& person) { measure.Add(person); });
  varlena* value = NewVarlena(measure.size());
  timeline::WritePage(measure, *people, PayloadOf(value));
  return value;
}

const varlena* SealedPage(const varlena* value) {
  const std::span<const std::byte> bytes = BytesOf(value);
  if (!timeline::IsPageBuild(bytes)) return value;
  ContextResource memory(CurrentMemoryContext);
  PagePeople people = timeline::PartsOf(bytes, &memory);
  return NewPage(&people, &memory);
}

}  // namespace cdp::pg
