/// _batch_union: a batch of links as arrays, and who is who after it.

#include "core/identity/batch_union.h"

#include "pg/base/datum.h"
#include "pg/base/row_set.h"

namespace cdp::pg {
namespace {

using identity::BatchUnion;

constexpr const char* kHint = "Resolve fewer links at once.";

/// An array with `value(i)` for each of `count` elements; for use inside CallCore.
template <class T, class Value>
ArrayType* ArrayOf(Oid type, std::size_t count, Value value) {
  ArrayType* array = NewArray(type, sizeof(T), count, kHint);
  auto* elements = reinterpret_cast<T*>(ARR_DATA_PTR(array));
  for (std::size_t i = 0; i < count; ++i) elements[i] = value(i);
  return array;
}

struct Answer {
  std::int64_t new_persons;
  ArrayType* arrays[5];  // in the order of the columns that follow
};

}  // namespace

CDP_FUNCTION(cdp__batch_union) {
  const auto fresh = ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(0));
  const BatchUnion::Links links{ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(1)),
                                ElementsOf<std::int32_t>(PG_GETARG_ARRAYTYPE_P(2)),
                                ElementsOf<std::int64_t>(PG_GETARG_ARRAYTYPE_P(3)),
                                ElementsOf<std::int64_t>(PG_GETARG_ARRAYTYPE_P(4))};
  const TupleDesc shape = RowShape(fcinfo);
  const Answer answer = CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    const BatchUnion result(fresh, links, &memory);
    const auto targets = result.targets();
    const auto merges = result.merges();
    const auto column = [merges](auto value) {
      return ArrayOf<std::int32_t>(INT4OID, merges.size(), [&](std::size_t i) {
        return static_cast<std::int32_t>(value(merges[i]));
      });
    };
    using Merge = BatchUnion::Merge;
    return Answer{result.new_persons(),
                  {ArrayOf<std::int64_t>(INT8OID, targets.size(),
                                         [targets](std::size_t i) { return targets[i]; }),
                   column([](const Merge& m) { return m.absorbed; }),
                   column([](const Merge& m) { return m.survivor; }),
                   column([](const Merge& m) { return m.link_a; }),
                   column([](const Merge& m) { return m.link_b; })}};
  });
  Datum values[6] = {Int64GetDatum(answer.new_persons)};
  bool nulls[6] = {};
  for (int i = 0; i < 5; ++i) values[i + 1] = PointerGetDatum(answer.arrays[i]);
  PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(shape, values, nulls)));
}

}  // namespace cdp::pg
