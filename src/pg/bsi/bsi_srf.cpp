/// Functions of bsi that give rows.

#include "core/bsi/bsi_ask.h"
#include "pg/base/row_set.h"
#include "pg/bitmap/bitmap_datum.h"
#include "pg/bsi/bsi_datum.h"

namespace cdp::pg {
namespace {

/// Lives in the context of the calls of one function and dies with it.
struct RowWalk {
  RowWalk(MemoryContext context, bsi::Bytes image) : memory(context), reader(image, &memory) {}

  ContextResource memory;
  bsi::RowReader reader;
  std::span<const bsi::Row> block;
};

/// The image whose rows are asked for, which must outlive the call.
bsi::Bytes ImageToWalk(FunctionCallInfo fcinfo) {
  if (PG_NARGS() == 1) return BsiBytes(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
  const bsi::Bytes image = BsiBytes(PG_GETARG_DATUM(0));
  const bsi::Bytes ids = BitmapArgument(fcinfo, 1);
  return BytesOf(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    bsi::Bsi value(bsi::BsiView(image), &memory);
    value.Restrict(bsi::BitmapView(ids));
    return NewBsi(&value);
  }));
}

}  // namespace

CDP_FUNCTION(cdp_bsi_iterate) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext* first = SRF_FIRSTCALL_INIT();
    const MemoryContext caller = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->tuple_desc = RowShape(fcinfo);
    const bsi::Bytes image = ImageToWalk(fcinfo);
    first->user_fctx = CallCore([image] {
      void* room = AllocateIn(CurrentMemoryContext, sizeof(RowWalk));
      return new (room) RowWalk(CurrentMemoryContext, image);
    });
    MemoryContextSwitchTo(caller);
  }
  FuncCallContext* call = SRF_PERCALL_SETUP();
  auto* walk = static_cast<RowWalk*>(call->user_fctx);
  if (walk->block.empty()) CallCore([walk] { walk->block = walk->reader.Next(); });
  if (walk->block.empty()) SRF_RETURN_DONE(call);
  const bsi::Row row = walk->block.front();
  walk->block = walk->block.subspan(1);
  Datum values[] = {Int32GetDatum(static_cast<std::int32_t>(row.id)), Int64GetDatum(row.value)};
  bool nulls[] = {false, false};
  SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

CDP_FUNCTION(cdp_bsi_histogram) {
  struct Bin {
    std::int64_t from;
    std::int64_t to;
    bool has_end;
    bsi::Question::Bin content;
  };
  return ReturnRows<4>(
      fcinfo,
      [fcinfo]() -> RowList<Bin> {
        const bsi::Bytes image = BsiBytes(PG_GETARG_DATUM(0));
        const auto bounds = ElementsOf<std::int64_t>(PG_GETARG_ARRAYTYPE_P(1));
        const bool has_only = PG_NARGS() > 2;
        const bsi::Bytes ids = has_only ? BitmapArgument(fcinfo, 2) : bsi::Bytes();
        return CallCore([&] {
          ContextResource memory(CurrentMemoryContext);
          const bsi::BsiView view(image);
          std::optional<bsi::BitmapView> only;
          if (has_only) only.emplace(ids);
          const auto found =
              bsi::Question(view, has_only ? &*only : nullptr, &memory).Histogram(bounds);
          auto* bins = static_cast<Bin*>(AllocateAlignedIn(
              CurrentMemoryContext, found.size() * sizeof(Bin) + 1, alignof(Bin)));
          for (std::size_t i = 0; i < found.size(); ++i) {
            const bool has_end = i + 1 < bounds.size();
            bins[i] = {bounds[i], has_end ? bounds[i + 1] - 1 : 0, has_end, found[i]};
          }
          return RowList<Bin>{bins, found.size()};
        });
      },
      [](const Bin& bin, Datum* values, bool* nulls) {
        values[0] = Int64GetDatum(bin.from);
        values[1] = Int64GetDatum(bin.to);
        nulls[1] = !bin.has_end;
        values[2] = Int64GetDatum(static_cast<int64>(bin.content.count));
        nulls[3] = bin.content.count == 0;
        if (!nulls[3]) values[3] = NumericOf(bin.content.sum);
      });
}

}  // namespace cdp::pg
