/// components_of(components_text): the partition as rows, read from the image as they are asked
/// for.

#include "pg/base/row_set.h"
#include "pg/identity/text_components_datum.h"

namespace cdp::pg {
namespace {

struct Reading {
  identity::TextImageView image;
  identity::TextImageView::Cursor cursor;
};
static_assert(std::is_trivially_destructible_v<Reading>);

}  // namespace

CDP_FUNCTION(cdp_components_text_of) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* call = SRF_FIRSTCALL_INIT();
    const MemoryContext before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
    call->tuple_desc = RowShape(fcinfo);
    // The argument itself may be gone at the next call.
    const varlena* value = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
    call->user_fctx = CallCore([value]() -> void* {
      const auto image = ViewTextComponents(value);
      return new (AllocateIn(CurrentMemoryContext, sizeof(Reading))) Reading{image, image.begin()};
    });
    MemoryContextSwitchTo(before);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* reading = static_cast<Reading*>(call->user_fctx);
  std::string_view node;
  std::string_view component;
  const bool more = CallCore([&] {
    std::uint32_t number = 0;
    if (!reading->cursor.Next(&node, &number)) return false;
    component = reading->image.Text(number);
    return true;
  });
  if (!more) SRF_RETURN_DONE(call);
  Datum values[] = {TextOf(node), TextOf(component)};
  bool nulls[] = {false, false};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

}  // namespace cdp::pg
