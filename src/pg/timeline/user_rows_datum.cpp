#include "pg/timeline/user_rows_datum.h"

namespace cdp::pg {
namespace {

/// A first room for a few rows: with the header it fills an allocation of 256 bytes.
constexpr std::size_t kFirstRoom = 256 - sizeof(FlatUserRows);

ExpandedRows* ExpandedOf(const varlena* value) {
  return ExpandedRows::From(PointerGetDatum(value));
}

}  // namespace

UserRowsState UserRowsArgument(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(0)) return {nullptr, nullptr};
  if (ExpandedRows* expanded = ExpandedRows::From(PG_GETARG_DATUM(0))) return {nullptr, expanded};
  auto* flat = reinterpret_cast<FlatUserRows*>(StateArgument(fcinfo, 0));
  if (VARSIZE(flat) >= sizeof(FlatUserRows) && flat->version == timeline::kUserRowsVersion &&
      flat->partition_bits == 0 && flat->used <= FlatRows::Capacity(flat)) {
    return {flat, nullptr};
  }
  UserRowsState state{nullptr, nullptr};
  const MemoryContext aggregate = RequireAggregate(fcinfo, "over user rows");
  CallCore([&state, aggregate, flat] {
    const std::span<const std::byte> bytes = BytesOf(reinterpret_cast<const varlena*>(flat));
    const timeline::UserRowsHeader header = timeline::ReadUserRowsHeader(bytes);
    state.expanded = ExpandedRows::New(aggregate);
    std::copy(std::begin(header.terms), std::end(header.terms),
              state.expanded->value().terms().begin());
    state.expanded->value().Take(bytes);
  });
  return state;
}

UserRowsState NewUserRows(std::span<const std::uint32_t, 3> terms) {
  FlatUserRows header{};
  header.version = timeline::kUserRowsVersion;
  std::copy(terms.begin(), terms.end(), header.terms);
  return {FlatRows::New(header, kFirstRoom), nullptr};
}

void ExpandUserRows(UserRowsState* state, MemoryContext aggregate) {
  CallCore([state, aggregate] {
    const auto* flat = state->flat;
    ExpandedRows* expanded = ExpandedRows::New(aggregate);
    std::copy(std::begin(flat->terms), std::end(flat->terms), expanded->value().terms().begin());
    expanded->value().Take(BytesOf(reinterpret_cast<const varlena*>(flat)));
    *state = {nullptr, expanded};
  });
}

void MergeUserRows(UserRowsState* state, MemoryContext aggregate, FunctionCallInfo fcinfo) {
  // Partial states come flat from workers; one of this process is taken as it is.
  const varlena* other = UserRowsValue(fcinfo, 1);
  timeline::UserRowsHeader header{};
  if (ExpandedOf(other) == nullptr) {
    CallCore([&header, other] { header = timeline::ReadUserRowsHeader(BytesOf(other)); });
  }
  if (ExpandedOf(other) != nullptr || header.partition_bits != 0) {
    if (state->is_null()) *state = NewUserRows(UserRowsTerms(other));
    if (state->flat != nullptr) ExpandUserRows(state, aggregate);
    timeline::UserRows& rows = state->expanded->value();
    CallCore([&rows, other] {
      ContextResource memory(CurrentMemoryContext);
      rows.Take(ReadUserRows(other, &memory).rows);
    });
    return;
  }
  if (state->is_null()) {
    // The server copies what is not where states belong; a packed value aligns nothing.
    state->flat = reinterpret_cast<FlatUserRows*>(PG_DETOAST_DATUM(PointerGetDatum(other)));
    return;
  }
  // Many small groups stay small: each expanded object would be a memory context.
  timeline::RowReader reader({.rows = BytesOf(other).subspan(sizeof(header), header.used)});
  uint64 user = 0;
  timeline::FullEvent event{};
  while (CallCore([&] { return reader.Next(&user, &event); })) {
    AppendUserRow(state, aggregate, static_cast<int64>(user), event);
  }
}

const varlena* UserRowsValue(FunctionCallInfo fcinfo, int n) {
  const auto* value = reinterpret_cast<const varlena*>(PG_GETARG_POINTER(n));
  return ExpandedOf(value) != nullptr ? value : PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n));
}

std::array<std::uint32_t, 3> UserRowsTerms(const varlena* value) {
  if (ExpandedRows* expanded = ExpandedOf(value)) return expanded->value().terms();
  return std::to_array(timeline::ReadUserRowsHeader(BytesOf(value)).terms);
}

std::uint8_t UserRowsColumns(const varlena* value) {
  if (ExpandedRows* expanded = ExpandedOf(value)) return expanded->value().columns();
  return timeline::ReadUserRowsHeader(BytesOf(value)).columns;
}

UserRowsContent ReadUserRows(const varlena* value, std::pmr::memory_resource* memory) {
  if (ExpandedRows* expanded = ExpandedOf(value)) {
    return {expanded->value().terms(), expanded->value().Segments(memory)};
  }
  return {UserRowsTerms(value), timeline::ReadUserRows(BytesOf(value), memory)};
}

}  // namespace cdp::pg
