/// The aggregates of bsi. bsi_build_agg gathers rows in one growing varlena, and folds those of the
/// same id when it is full; bsi_agg, bsi_count_agg and bsi_weight_agg add slices, flat while the
/// sum is small.

#include "pg/bitmap/bitmap_datum.h"
#include "pg/bsi/bsi_datum.h"

namespace cdp::pg {
namespace {

using bsi::OnDuplicate;
using bsi::Row;

/// With the header, rows that fill an allocation of 256 bytes.
constexpr std::size_t kFirstRows = (256 - sizeof(BsiBuild)) / sizeof(Row);
/// From so many rows on it pays to look for duplicates before more room is taken.
constexpr std::size_t kFoldFrom = 16384;

BsiBuild* NewBuildState(OnDuplicate on_duplicate, std::size_t capacity) {
  BsiBuild header{};
  header.version = bsi::kBuildVersion;
  header.on_duplicate = on_duplicate;
  return BsiBuildState::New(header, capacity);
}

std::pmr::vector<Row> RowsOf(bsi::Bytes bytes, std::pmr::memory_resource* memory) {
  if (bsi::IsBuildForm(bytes)) return bsi::BuildFormRows(bytes, memory);
  std::pmr::vector<Row> rows(memory);
  bsi::RowReader reader(bytes, memory);
  for (auto block = reader.Next(); !block.empty(); block = reader.Next()) {
    rows.insert(rows.end(), block.begin(), block.end());
  }
  return rows;
}

/// The state argument, changeable in place; null when it is SQL null. What is no build form, as
/// only somebody else's aggregate passes it, is read first. May longjmp.
BsiBuild* BuildArgument(FunctionCallInfo fcinfo, int n) {
  varlena* value = StateArgument(fcinfo, n);
  if (value == nullptr) return nullptr;
  auto* state = reinterpret_cast<BsiBuild*>(value);
  if (VARSIZE(value) >= sizeof(BsiBuild) && state->version == bsi::kBuildVersion &&
      state->on_duplicate <= OnDuplicate::kError && state->used <= BsiBuildState::Capacity(state)) {
    return state;
  }
  std::size_t count = 0;
  const Row* rows = CallCore([value, &count] {
    ContextResource memory(CurrentMemoryContext);
    const auto read = RowsOf(BytesOf(value), &memory);
    count = read.size();
    auto* kept = static_cast<Row*>(AllocateIn(CurrentMemoryContext, count * sizeof(Row) + 1));
    std::copy(read.begin(), read.end(), kept);
    return kept;
  });
  state = NewBuildState(OnDuplicate::kSum, std::max(count, kFirstRows));
  std::copy_n(rows, count, BsiBuildState::Records(state));
  state->used = static_cast<uint32>(count);
  return state;
}

/// The state with room for so many more. Ids that keep coming must not make it large.
BsiBuild* WithRoom(BsiBuild* state, std::size_t more) {
  const std::size_t capacity = BsiBuildState::Capacity(state);
  if (state->used + more <= capacity) [[likely]]
    return state;
  if (capacity >= kFoldFrom) {
    state->used = CallCore([state] {
      ContextResource memory(CurrentMemoryContext);
      return static_cast<uint32>(
          bsi::FoldRows(BsiBuildState::Used(state), state->on_duplicate, &memory));
    });
    if (state->used + more <= capacity / 2) return state;
  }
  return BsiBuildState::WithRoom(state, std::max(more, capacity - state->used + 1));
}

/// `on_duplicate()` is asked for the first row only.
template <class How>
Datum AppendRow(FunctionCallInfo fcinfo, How on_duplicate) {
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return UnchangedState(fcinfo);
  BsiBuild* state = BuildArgument(fcinfo, 0);
  if (state == nullptr) state = NewBuildState(on_duplicate(), kFirstRows);
  state = WithRoom(state, 1);
  BsiBuildState::Records(state)[state->used++] = {PG_GETARG_UINT32(1), PG_GETARG_INT64(2)};
  PG_RETURN_POINTER(state);
}

/// The state with what `add(&bsi)` adds to it: flat again, unless it has become too large.
template <class AddTo>
Datum Sum(FunctionCallInfo fcinfo, MemoryContext context, AddTo add) {
  ExpandedBsi* expanded = PG_ARGISNULL(0) ? nullptr : ExpandedBsi::From(PG_GETARG_DATUM(0));
  if (expanded != nullptr) {
    CallCore([=] { add(&expanded->value().sum); });
    return expanded->ReadWrite();
  }
  const bsi::Bytes state = PG_ARGISNULL(0) ? bsi::Bytes() : BsiBytes(PG_GETARG_DATUM(0));
  const varlena* flat = CallCore([=]() -> varlena* {
    ContextResource memory(CurrentMemoryContext);
    if (state.size() > kExpandAbove) return nullptr;
    bsi::Bsi sum(&memory);
    if (!state.empty()) sum = bsi::Bsi(bsi::BsiView(state), &memory);
    add(&sum);
    return NewBsi(&sum);
  });
  if (flat != nullptr) PG_RETURN_POINTER(flat);
  expanded = CallCore([=] {
    ExpandedBsi* made = ExpandedBsi::New(context);
    made->value().sum.Add(bsi::BsiView(state));
    add(&made->value().sum);
    return made;
  });
  return expanded->ReadWrite();
}

Datum SumBsi(FunctionCallInfo fcinfo, const char* function) {
  const MemoryContext context = RequireAggregate(fcinfo, function);
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  const bsi::Bytes other = BsiBytes(PG_GETARG_DATUM(1));
  return Sum(fcinfo, context, [other](bsi::Bsi* sum) { sum->Add(bsi::BsiView(other)); });
}

/// The same number for all ids of a bitmap, the second argument.
Datum SumConstant(FunctionCallInfo fcinfo, MemoryContext context, std::int64_t number) {
  const bsi::Bytes ids = BitmapArgument(fcinfo, 1);
  return Sum(fcinfo, context, [=](bsi::Bsi* sum) { sum->AddToAll(ids, number); });
}

}  // namespace

CDP_FUNCTION(cdp__bsi_build_trans) {
  RequireAggregate(fcinfo, "_bsi_build_trans");
  return AppendRow(fcinfo, [] { return OnDuplicate::kSum; });
}

CDP_FUNCTION(cdp__bsi_build_how_trans) {
  RequireAggregate(fcinfo, "_bsi_build_how_trans");
  return AppendRow(fcinfo, [fcinfo] {
    if (PG_ARGISNULL(3)) {
      ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                      errmsg("way to treat duplicates must not be null")));
    }
    const std::string_view word = ViewOf(PG_GETARG_TEXT_PP(3));
    return CallCore([word] { return bsi::ParseOnDuplicate(word); });
  });
}

CDP_FUNCTION(cdp__bsi_build_combine) {
  RequireAggregate(fcinfo, "_bsi_build_combine");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  BsiBuild* other = BuildArgument(fcinfo, 1);
  BsiBuild* state = BuildArgument(fcinfo, 0);
  if (state == nullptr) state = NewBuildState(other->on_duplicate, other->used);
  state = WithRoom(state, other->used);
  std::copy_n(BsiBuildState::Records(other), other->used,
              BsiBuildState::Records(state) + state->used);
  state->used += other->used;
  PG_RETURN_POINTER(state);
}

CDP_FUNCTION(cdp__bsi_sum_trans) { return SumBsi(fcinfo, "_bsi_sum_trans"); }
CDP_FUNCTION(cdp__bsi_sum_combine) { return SumBsi(fcinfo, "_bsi_sum_combine"); }

CDP_FUNCTION(cdp__bsi_count_trans) {
  const MemoryContext context = RequireAggregate(fcinfo, "_bsi_count_trans");
  if (PG_ARGISNULL(1)) return UnchangedState(fcinfo);
  return SumConstant(fcinfo, context, 1);
}

CDP_FUNCTION(cdp__bsi_weight_trans) {
  const MemoryContext context = RequireAggregate(fcinfo, "_bsi_weight_trans");
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return UnchangedState(fcinfo);
  return SumConstant(fcinfo, context, PG_GETARG_INT64(2));
}

CDP_FUNCTION(cdp__bsi_final) {
  const Datum state = PG_GETARG_DATUM(0);
  if (ExpandedBsi* expanded = ExpandedBsi::From(state)) {
    PG_RETURN_POINTER(CallCore([=] { return NewBsi(&expanded->value().sum); }));
  }
  const bsi::Bytes bytes = BsiBytes(state);
  PG_RETURN_POINTER(CallCore([bytes] { return NewVarlena(bytes); }));
}

}  // namespace cdp::pg
