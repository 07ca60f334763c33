/// The aggregates of both bitmap types: the same steps over values of 32 or 64 bits.
///
/// A state is one of three. rb_build_agg begins with values as they come, in one growing varlena;
/// the others with portable bytes, combined anew in each step; both for as long as they are small,
/// since a query may have many groups and a memory context for each would be dear. Above, it is an
/// expanded object around an Accumulator, where a step costs what it brings.
#pragma once

#include "core/bitmap/accumulator.h"
#include "core/bitmap/sort.h"
#include "pg/base/expanded.h"
#include "pg/base/flat_state.h"

namespace cdp::pg {

/// The content of an expanded object.
template <class Value>
struct GatheredSet {
  explicit GatheredSet(std::pmr::memory_resource* memory) : set(memory) {}
  std::size_t FlatSize() { return set.PortableSize(); }
  void FlattenInto(std::byte* out) { set.WritePortable(out); }

  bitmap::Accumulator<Value> set;
};

/// Form: what differs between the types.
///   Value; BuildHeader with `used` last; EmptyHeader(); HasCookie(const BuildHeader*);
///   BytesOfDatum(Datum): portable bytes, detoasted, may longjmp;
///   NewCombined(SetOperation, Bytes state, Bytes other): a new value, for which what is read of
///   the latter is checked; IsNormal(Bytes); IsAggregateForm(Bytes); Cardinality(Bytes).
template <class Form>
class BitmapAggregate {
 public:
  using Value = typename Form::Value;
  using SetOperation = bitmap::SetOperation;
  using Bytes = bitmap::Bytes;

  /// A step of rb_or_agg, rb_and_agg or rb_xor_agg, and of their combine functions: the state in
  /// argument 0 takes in the bitmap in argument 1.
  static Datum Fold(FunctionCallInfo fcinfo, SetOperation operation, const char* function) {
    const bool is_and = operation == SetOperation::kAnd;
    // What is empty stays empty, and the other value need not even be fetched.
    if (is_and && IsGrouping(fcinfo) && !PG_ARGISNULL(0) && IsSurelyEmpty(PG_GETARG_DATUM(0))) {
      return PG_GETARG_DATUM(0);
    }
    const MemoryContext context = ContextOf(fcinfo, function);
    if (PG_ARGISNULL(0)) {
      if (PG_ARGISNULL(1)) PG_RETURN_NULL();
      return Begin(context, Form::BytesOfDatum(PG_GETARG_DATUM(1)));
    }
    const Datum state = PG_GETARG_DATUM(0);
    if (PG_ARGISNULL(1) || (is_and && IsSurelyEmpty(state))) return state;
    if (Expanded* expanded = Expanded::From(state)) {
      const Bytes other = Form::BytesOfDatum(PG_GETARG_DATUM(1));
      CallCore([=] { expanded->value().set.Fold(operation, other); });
      return expanded->ReadWrite();
    }
    const Bytes flat = Form::BytesOfDatum(state);
    return Combine(context, flat, Form::BytesOfDatum(PG_GETARG_DATUM(1)), operation);
  }

  /// A step of rb_build_agg: mostly a value is written behind others.
  static Datum Build(FunctionCallInfo fcinfo, Value value, const char* function) {
    // Of a window or of a null it is not worth while to know more here.
    if (!IsGrouping(fcinfo) || PG_ARGISNULL(0) || PG_ARGISNULL(1))
      return BuildSlowly(fcinfo, value, function);
    const Datum datum = PG_GETARG_DATUM(0);
    if (Header* state = BuildStateOf(datum)) {
      if (state->used == State::Capacity(state)) return BuildSlowly(fcinfo, value, function);
      State::Records(state)[state->used++] = value;
      return datum;
    }
    Expanded* expanded = Expanded::From(datum);
    if (expanded != nullptr && expanded->value().set.AddIfRoom(value)) return datum;
    return BuildSlowly(fcinfo, value, function);
  }

  /// The combine function of rb_build_agg.
  static Datum BuildCombine(FunctionCallInfo fcinfo, const char* function) {
    const MemoryContext context = ContextOf(fcinfo, function);
    if (PG_ARGISNULL(1)) {
      if (PG_ARGISNULL(0)) PG_RETURN_NULL();
      return PG_GETARG_DATUM(0);
    }
    // Unpacked: a state that came in a tuple has a short header, and the next step must find it in
    // the form that can grow.
    const Datum taken = PointerGetDatum(PG_DETOAST_DATUM(PG_GETARG_DATUM(1)));
    if (PG_ARGISNULL(0)) return taken;
    Header* state = BuildStateOf(PG_GETARG_DATUM(0));
    const Header* other = BuildStateOf(taken);
    if (state != nullptr && other != nullptr && state->used + other->used <= kFlatCapacity) {
      state = State::WithRoom(state, other->used);
      std::copy_n(State::Used(other).data(), other->used, State::Records(state) + state->used);
      state->used += other->used;
      PG_RETURN_POINTER(state);
    }
    Expanded* expanded = ExpandedOf(context, PG_GETARG_DATUM(0));
    if (other != nullptr) {
      CallCore([=] { expanded->value().set.Add(State::Used(other)); });
    } else {
      const Bytes bytes = Form::BytesOfDatum(taken);
      CallCore([=] { expanded->value().set.Fold(SetOperation::kOr, bytes); });
    }
    return expanded->ReadWrite();
  }

  /// The final functions leave the state what it is: a window calls them again and again between
  /// two steps.
  static Datum Final(FunctionCallInfo fcinfo) {
    const Datum datum = PG_GETARG_DATUM(0);
    if (Expanded* expanded = Expanded::From(datum)) {
      return PointerGetDatum(CallCore([=] { return NewValue(&expanded->value().set); }));
    }
    const Header* state = BuildStateOf(datum);
    const Bytes bytes = state == nullptr ? Form::BytesOfDatum(datum) : Bytes();
    return PointerGetDatum(CallCore([=] {
      if (state == nullptr && Form::IsAggregateForm(bytes)) return NewVarlena(bytes);
      return WithSetOf(state, bytes, NewValue);
    }));
  }
  static Datum CardinalityFinal(FunctionCallInfo fcinfo) {
    const Datum datum = PG_GETARG_DATUM(0);
    if (Expanded* expanded = Expanded::From(datum)) {
      PG_RETURN_INT64(CallCore([=] { return expanded->value().set.Cardinality(); }));
    }
    const Header* state = BuildStateOf(datum);
    const Bytes bytes = state == nullptr ? Form::BytesOfDatum(datum) : Bytes();
    PG_RETURN_INT64(CallCore([=] {
      if (state == nullptr && Form::IsAggregateForm(bytes)) return Form::Cardinality(bytes);
      return WithSetOf(state, bytes, [](Set* set) { return set->Cardinality(); });
    }));
  }

 private:
  using Header = typename Form::BuildHeader;
  using State = FlatState<Header, Value>;
  using Set = bitmap::Accumulator<Value>;
  using Expanded = pg::Expanded<GatheredSet<Value>>;

  // Capacities that, with the header, fill chunks of 64, 128 ... bytes of a memory context.
  static constexpr std::size_t CapacityOfChunk(std::size_t bytes) {
    return (bytes - sizeof(Header)) / sizeof(Value);
  }
  static constexpr std::size_t kFirstCapacity = CapacityOfChunk(64);
  // With a memory context each, thousands of groups of some thousand values would be slow: the
  // server walks through all of them whenever a hash aggregate adds a group.
  static constexpr std::size_t kFlatCapacity = CapacityOfChunk(32768);
  // Over twice the capacity: the header does not double.
  static constexpr std::size_t kExtraRoom = CapacityOfChunk(128) - 2 * kFirstCapacity;

  // Whether an aggregate calls, and no window: told at less cost than ContextOf.
  static bool IsGrouping(FunctionCallInfo fcinfo) {
    return fcinfo->context != nullptr && IsA(fcinfo->context, AggState);
  }
  static MemoryContext ContextOf(FunctionCallInfo fcinfo, const char* function) {
    return RequireAggregate(fcinfo, function, ERRCODE_DATA_EXCEPTION,
                            "%s outside transition context");
  }

  // The state of rb_build_agg, changeable in place; null when it is of another form.
  static Header* BuildStateOf(Datum datum) {
    auto* value = reinterpret_cast<varlena*>(DatumGetPointer(datum));
    if (!VARATT_IS_4B_U(value) || VARSIZE(value) < sizeof(Header)) return nullptr;
    // Inside a tuple a value stands at a multiple of four, where 64-bit ones must not be read.
    if (reinterpret_cast<std::uintptr_t>(value) % alignof(Value) != 0) return nullptr;
    auto* state = reinterpret_cast<Header*>(value);
    if (!Form::HasCookie(state)) return nullptr;
    return state->used <= State::Capacity(state) ? state : nullptr;
  }

  static bool IsSurelyEmpty(Datum state) {
    const auto* value = reinterpret_cast<const varlena*>(DatumGetPointer(state));
    if (VARATT_IS_4B_U(value)) return VARSIZE(value) == VARHDRSZ + bitmap::kEmptyBytes;
    Expanded* expanded = Expanded::From(state);
    return expanded != nullptr && expanded->value().set.IsSurelyEmpty();
  }

  static varlena* NewValue(Set* set) {
    varlena* result = NewVarlena(set->PortableSize());
    set->WritePortable(PayloadOf(result));
    return result;
  }

  // Gives `body` the set of a flat state of either form; for use inside CallCore.
  template <class Body>
  static auto WithSetOf(const Header* state, Bytes bytes, Body body) {
    ContextResource memory(CurrentMemoryContext);
    Set set(&memory);
    Take(&set, state, bytes);
    return body(&set);
  }
  static void Take(Set* set, const Header* state, Bytes bytes) {
    if (state != nullptr) {
      set->Add(State::Used(state));
    } else {
      set->Fold(SetOperation::kOr, bytes);
    }
  }

  static Expanded* NewExpanded(MemoryContext context, const Header* state, Bytes bytes) {
    return CallCore([=] {
      Expanded* expanded = Expanded::New(context);
      Take(&expanded->value().set, state, bytes);
      return expanded;
    });
  }
  static Expanded* ExpandedOf(MemoryContext context, Datum datum) {
    if (Expanded* expanded = Expanded::From(datum)) return expanded;
    const Header* state = BuildStateOf(datum);
    return NewExpanded(context, state, state == nullptr ? Form::BytesOfDatum(datum) : Bytes());
  }

  static Datum Begin(MemoryContext context, Bytes first) {
    if (first.size() > kExpandAbove) return NewExpanded(context, nullptr, first)->ReadWrite();
    return PointerGetDatum(CallCore([first] {
      return Form::IsNormal(first) ? NewVarlena(first) : WithSetOf(nullptr, first, NewValue);
    }));
  }

  // Flat again, unless it has become too large for that.
  static Datum Combine(MemoryContext context, Bytes state, Bytes other, SetOperation operation) {
    if (state.size() + other.size() <= kExpandAbove || operation == SetOperation::kAnd) {
      return PointerGetDatum(CallCore([=] { return Form::NewCombined(operation, state, other); }));
    }
    Expanded* expanded = NewExpanded(context, nullptr, state);
    CallCore([=] { expanded->value().set.Fold(operation, other); });
    return expanded->ReadWrite();
  }

  static Datum BuildSlowly(FunctionCallInfo fcinfo, Value value, const char* function) {
    const MemoryContext context = ContextOf(fcinfo, function);
    if (PG_ARGISNULL(1)) {
      if (PG_ARGISNULL(0)) PG_RETURN_NULL();
      return PG_GETARG_DATUM(0);
    }
    if (PG_ARGISNULL(0)) {
      Header* state = State::New(Form::EmptyHeader(), kFirstCapacity);
      State::Records(state)[state->used++] = value;
      PG_RETURN_POINTER(state);
    }
    Header* state = BuildStateOf(PG_GETARG_DATUM(0));
    if (state == nullptr) {
      Expanded* expanded = ExpandedOf(context, PG_GETARG_DATUM(0));
      CallCore([=] { expanded->value().set.Add(value); });
      return expanded->ReadWrite();
    }
    if (state->used == State::Capacity(state)) return BuildFull(context, state, value);
    State::Records(state)[state->used++] = value;
    PG_RETURN_POINTER(state);
  }

  // The state is full. Values that keep repeating must not make it large.
  static Datum BuildFull(MemoryContext context, Header* state, Value value) {
    if (State::Capacity(state) >= kFlatCapacity) {
      state->used = CallCore([state] {
        ContextResource memory(CurrentMemoryContext);
        return static_cast<std::uint32_t>(bitmap::SortUnique(State::Used(state), &memory));
      });
      if (state->used > kFlatCapacity / 2) {
        Expanded* expanded = NewExpanded(context, state, {});
        CallCore([=] { expanded->value().set.Add(value); });
        return expanded->ReadWrite();
      }
    } else {
      state = State::WithRoom(state, state->used + kExtraRoom);
    }
    State::Records(state)[state->used++] = value;
    return PointerGetDatum(state);
  }
};

}  // namespace cdp::pg
