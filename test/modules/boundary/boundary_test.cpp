/// SQL functions that fail on purpose, called by test/sql/base_boundary.sql.

#include <list>
#include <stdexcept>
#include <string>

#include "core/base/stop.h"
#include "pg/base/expanded.h"
#include "pg/base/flat_state.h"

using cdp::pg::CallCore;
using cdp::pg::CallServer;

extern "C" {
#pragma GCC visibility push(default)
PG_MODULE_MAGIC;
void _PG_init(void);
#pragma GCC visibility pop

void _PG_init(void) { cdp::stop_hook = cdp::pg::PollInterrupts; }
}

namespace {

int live_objects = 0;

/// Counts itself, so that a skipped destructor shows.
struct Counted {
  Counted() { ++live_objects; }
  ~Counted() { --live_objects; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  std::string owned = std::string(1000, 'x');
};

void ServerErrorUnderFrames(int depth) {
  Counted frame;
  if (depth > 0) return ServerErrorUnderFrames(depth - 1);
  CallServer([] {
    ereport(ERROR, (errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("the server failed"),
                    errdetail("Its detail survives."), errhint("So does its hint.")));
    return 0;
  });
}

void Fail(std::string_view kind) {
  Counted frame;
  if (kind == "std") throw std::runtime_error("a standard exception");
  if (kind == "bad_alloc") throw std::bad_alloc();
  if (kind == "int") throw 42;
  if (kind == "server") ServerErrorUnderFrames(10);
  if (kind == "beyond the limit") cdp::pg::AllocateIn(CurrentMemoryContext, SIZE_MAX / 4);
  if (kind == "value too large") cdp::pg::NewVarlena(std::size_t{1} << 30);
  throw cdp::Error(cdp::ErrorCode::kInvalidArgument, "a core error", "Its detail.", "Its hint.");
}

/// Sums numbers and refuses negative ones; holds memory so that a leak would show.
struct Sum {
  explicit Sum(std::pmr::memory_resource* memory) : seen(memory) {}
  std::size_t FlatSize() const { return sizeof(std::int64_t); }
  void FlattenInto(std::byte* at) const { std::memcpy(at, &total, sizeof(total)); }
  std::pmr::list<std::int64_t> seen;
  std::int64_t total = 0;
};
using SumState = cdp::pg::Expanded<Sum>;

}  // namespace

CDP_FUNCTION(cdp_boundary_fail) {
  const text* kind = PG_GETARG_TEXT_PP(0);
  CallCore([kind] { Fail(cdp::pg::ViewOf(kind)); });
  PG_RETURN_VOID();
}

CDP_FUNCTION(cdp_boundary_live_objects) { PG_RETURN_INT32(live_objects); }

CDP_FUNCTION(cdp_boundary_endless) {
  CallCore([] {
    Counted frame;
    cdp::StopTicker ticker;
    for (;;) ticker.Step();
  });
  PG_RETURN_VOID();
}

CDP_FUNCTION(cdp_boundary_context_bytes) {
  const int64 bytes = PG_GETARG_INT64(0);
  MemoryContext context =
      AllocSetContextCreate(CurrentMemoryContext, "boundary test", ALLOCSET_SMALL_SIZES);
  CallCore([context, bytes] {
    cdp::pg::ContextResource memory(context);
    std::pmr::vector<char> block(static_cast<std::size_t>(bytes), 'x', &memory);
    auto* aligned = new (cdp::pg::AllocateAlignedIn(context, 64, 64)) char[64];
    if (reinterpret_cast<std::uintptr_t>(aligned) % 64 != 0) throw std::runtime_error("alignment");
    cdp::pg::FreeAligned(aligned);
    // The vector is given up alive: the context alone must free it.
    new (cdp::pg::AllocateIn(context, sizeof(block))) std::pmr::vector<char>(std::move(block));
  });
  const auto allocated = static_cast<int64>(MemoryContextMemAllocated(context, true));
  MemoryContextDelete(context);
  PG_RETURN_INT64(allocated);
}

CDP_FUNCTION(cdp_boundary_sum_trans) {
  MemoryContext aggregate = cdp::pg::RequireAggregate(fcinfo, "cdp_boundary_sum_trans");
  const bool first = PG_ARGISNULL(0);
  const Datum state_datum = first ? Datum{0} : PG_GETARG_DATUM(0);
  const int64 value = PG_GETARG_INT64(1);
  SumState* state = CallCore([=] {
    Counted frame;
    SumState* sum = first ? SumState::New(aggregate) : SumState::From(state_datum);
    if (value < 0) throw cdp::Error(cdp::ErrorCode::kOutOfRange, "negative value");
    sum->value().seen.push_back(value);
    sum->value().total += value;
    return sum;
  });
  PG_RETURN_DATUM(state->ReadWrite());
}

CDP_FUNCTION(cdp_boundary_sum_final) {
  if (PG_ARGISNULL(0)) PG_RETURN_NULL();
  SumState* state = SumState::From(PG_GETARG_DATUM(0));
  PG_RETURN_INT64(state->value().total);
}

/// The size of an expanded object's value, flattened where nothing can be allocated: the chunks of
/// this context have a size that nobody asks for. Null for what is no expanded object.
CDP_FUNCTION(cdp_boundary_flat_bytes) {
  const Datum value = PG_GETARG_DATUM(0);
  if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(value))) PG_RETURN_NULL();
  MemoryContext barren = SlabContextCreate(CurrentMemoryContext, "boundary test", 65536, 4568);
  MemoryContext before = MemoryContextSwitchTo(barren);
  ExpandedObjectHeader* object = DatumGetEOHP(value);
  const Size bytes = EOH_get_flat_size(object);
  EOH_flatten_into(object, MemoryContextAllocHuge(before, bytes), bytes);
  MemoryContextSwitchTo(before);
  MemoryContextDelete(barren);
  PG_RETURN_INT64(static_cast<int64>(bytes));
}
