/// Functions of bsi that give a number, a set of ids or another bsi.

#include "core/bsi/bsi_ask.h"
#include "core/bsi/packed.h"
#include "pg/bitmap/bitmap_datum.h"
#include "pg/bsi/bsi_datum.h"

namespace cdp::pg {
namespace {

using bsi::Comparison;
using bsi::IdSet;
using bsi::Question;

/// What `answer(question)` says of the index in argument 0, restricted to the bitmap in argument
/// `only` when the call has so many.
template <class Answer>
auto Ask(FunctionCallInfo fcinfo, int only, Answer answer) {
  const bsi::Bytes image = BsiArgument(fcinfo);
  const bool has_only = PG_NARGS() > only;
  const bsi::Bytes ids = has_only ? BitmapArgument(fcinfo, only) : bsi::Bytes();
  return CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    const bsi::BsiView view(image);
    if (!has_only) return answer(Question(view, nullptr, &memory));
    const bsi::BitmapView restriction(ids);
    return answer(Question(view, &restriction, &memory));
  });
}

/// A whole number or nothing, as plain data.
struct MaybeValue {
  bool exists;
  std::int64_t value;
};
MaybeValue Maybe(std::optional<std::int64_t> value) {
  return {value.has_value(), value.value_or(0)};
}

Datum ReturnMaybe(FunctionCallInfo fcinfo, MaybeValue value) {
  if (!value.exists) PG_RETURN_NULL();
  PG_RETURN_INT64(value.value);
}

/// What the header of argument 0 says, for which its first bytes are enough.
bsi::ImageHeader HeaderOf(FunctionCallInfo fcinfo) {
  StoredArgument stored;
  const bool is_found =
      ReadStored(fcinfo, 0, Need::kFront, &stored) && !bsi::IsBuildForm(stored.bytes);
  const bsi::Bytes front = is_found ? stored.bytes : BsiBytes(PG_GETARG_DATUM(0));
  return CallCore([front] { return bsi::ReadHeader(front); });
}

/// Count and sum of the values. Of all values of a stored index, a few pieces are enough.
bsi::Total TotalOf(FunctionCallInfo fcinfo) {
  StoredArgument stored;
  if (PG_NARGS() == 1 && ReadStored(fcinfo, 0, Need::kPieces, &stored) && !stored.whole &&
      !bsi::IsBuildForm(stored.bytes)) {
    return CallCore([&stored] {
      StoredPieces pieces(stored.stored, stored.bytes);
      return bsi::TotalOf(&pieces);
    });
  }
  return Ask(fcinfo, 1, [](const Question& question) {
    return bsi::Total{question.Count(), question.Sum()};
  });
}

Datum CompareWith(FunctionCallInfo fcinfo, Comparison comparison) {
  const std::int64_t value = PG_GETARG_INT64(1);
  return PointerGetDatum(Ask(fcinfo, 2, [=](const Question& question) {
    return NewVarlena(question.Compare(comparison, value).bytes());
  }));
}

template <class Choose>
Datum ChooseSome(FunctionCallInfo fcinfo, Choose choose) {
  const std::int64_t wanted = PG_GETARG_INT64(1);
  if (wanted < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("number of ids must not be negative")));
  }
  return PointerGetDatum(Ask(fcinfo, 2, [=](const Question& question) {
    return NewVarlena(choose(question, static_cast<std::uint64_t>(wanted)).bytes());
  }));
}

/// A changed copy of the index in argument 0, made by `change(&bsi)`.
template <class Change>
Datum Changed(FunctionCallInfo fcinfo, Change change) {
  const bsi::Bytes image = BsiArgument(fcinfo);
  return PointerGetDatum(CallCore([&] {
    ContextResource memory(CurrentMemoryContext);
    bsi::Bsi value(bsi::BsiView(image), &memory);
    change(&value);
    return NewBsi(&value);
  }));
}

std::span<const std::uint32_t> IdsOf(FunctionCallInfo fcinfo, int n) {
  return ElementsOf<std::uint32_t>(PG_GETARG_ARRAYTYPE_P(n));
}

bool AreEqual(FunctionCallInfo fcinfo) {
  const bsi::Bytes a = BsiBytes(PG_GETARG_DATUM(0));
  const bsi::Bytes b = BsiBytes(PG_GETARG_DATUM(1));
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

CDP_FUNCTION(cdp_bsi_get) {
  const std::uint32_t id = PG_GETARG_UINT32(1);
  StoredArgument stored;
  if (ReadStored(fcinfo, 0, Need::kPieces, &stored) && !bsi::IsBuildForm(stored.bytes)) {
    return ReturnMaybe(fcinfo, CallCore([&] {
                         if (stored.whole) {
                           return Maybe(bsi::ValueOf(bsi::BsiView(stored.bytes), id));
                         }
                         StoredPieces pieces(stored.stored, stored.bytes);
                         return Maybe(bsi::ValueOf(&pieces, id));
                       }));
  }
  const bsi::Bytes image = BsiBytes(PG_GETARG_DATUM(0));
  return ReturnMaybe(fcinfo,
                     CallCore([=] { return Maybe(bsi::ValueOf(bsi::BsiView(image), id)); }));
}

CDP_FUNCTION(cdp_bsi_ebm) {
  const bsi::Bytes image = BsiArgument(fcinfo);
  PG_RETURN_POINTER(CallCore([image] { return NewVarlena(bsi::BsiView(image).id_bytes()); }));
}

CDP_FUNCTION(cdp_bsi_count) {
  if (PG_NARGS() == 1) PG_RETURN_INT64(static_cast<int64>(HeaderOf(fcinfo).count));
  PG_RETURN_INT64(Ask(fcinfo, 1, [](const Question& question) {
    return static_cast<std::int64_t>(question.Count());
  }));
}

CDP_FUNCTION(cdp_bsi_sum) {
  const bsi::Total total = TotalOf(fcinfo);
  if (total.count == 0) PG_RETURN_NULL();
  return NumericOf(total.sum);
}

CDP_FUNCTION(cdp_bsi_avg) {
  const bsi::Total total = TotalOf(fcinfo);
  if (total.count == 0) PG_RETURN_NULL();
  const Datum count =
      DirectFunctionCall1(int8_numeric, Int64GetDatum(static_cast<int64>(total.count)));
  return DirectFunctionCall2(numeric_div, NumericOf(total.sum), count);
}

CDP_FUNCTION(cdp_bsi_min) {
  if (PG_NARGS() == 1) {
    const bsi::ImageHeader header = HeaderOf(fcinfo);
    return ReturnMaybe(fcinfo, {header.count != 0, header.least});
  }
  return ReturnMaybe(fcinfo, Ask(fcinfo, 1, [](const Question& q) { return Maybe(q.Least()); }));
}

CDP_FUNCTION(cdp_bsi_max) {
  if (PG_NARGS() == 1) {
    const bsi::ImageHeader header = HeaderOf(fcinfo);
    return ReturnMaybe(fcinfo, {header.count != 0, header.greatest});
  }
  return ReturnMaybe(fcinfo, Ask(fcinfo, 1, [](const Question& q) { return Maybe(q.Greatest()); }));
}

CDP_FUNCTION(cdp_bsi_eq) { return CompareWith(fcinfo, Comparison::kEq); }
CDP_FUNCTION(cdp_bsi_ne) { return CompareWith(fcinfo, Comparison::kNe); }
CDP_FUNCTION(cdp_bsi_lt) { return CompareWith(fcinfo, Comparison::kLt); }
CDP_FUNCTION(cdp_bsi_le) { return CompareWith(fcinfo, Comparison::kLe); }
CDP_FUNCTION(cdp_bsi_gt) { return CompareWith(fcinfo, Comparison::kGt); }
CDP_FUNCTION(cdp_bsi_ge) { return CompareWith(fcinfo, Comparison::kGe); }

CDP_FUNCTION(cdp_bsi_between) {
  const std::int64_t low = PG_GETARG_INT64(1);
  const std::int64_t high = PG_GETARG_INT64(2);
  PG_RETURN_POINTER(Ask(fcinfo, 3, [=](const Question& question) {
    return NewVarlena(question.Between(low, high).bytes());
  }));
}

CDP_FUNCTION(cdp_bsi_topk) {
  return ChooseSome(
      fcinfo, [](const Question& question, std::uint64_t wanted) { return question.Top(wanted); });
}
CDP_FUNCTION(cdp_bsi_bottomk) {
  return ChooseSome(fcinfo, [](const Question& question, std::uint64_t wanted) {
    return question.Bottom(wanted);
  });
}

CDP_FUNCTION(cdp_bsi_median) {
  return ReturnMaybe(fcinfo,
                     Ask(fcinfo, 1, [](const Question& q) { return Maybe(q.Quantile(0.5)); }));
}

CDP_FUNCTION(cdp_bsi_quantile) {
  const auto shares = ElementsOf<double>(PG_GETARG_ARRAYTYPE_P(1));
  const ArrayType* values = Ask(fcinfo, 2, [shares](const Question& question) -> ArrayType* {
    ArrayType* array = NewArray(INT8OID, sizeof(std::int64_t), shares.size(), "Ask for fewer.");
    auto* out = reinterpret_cast<std::int64_t*>(ARR_DATA_PTR(array));
    for (const double share : shares) {
      const auto value = question.Quantile(share);
      if (!value.has_value()) return nullptr;
      *out++ = *value;
    }
    return array;
  });
  if (values == nullptr) PG_RETURN_NULL();
  PG_RETURN_POINTER(values);
}

CDP_FUNCTION(cdp_bsi_ntile) {
  const int tiles = PG_GETARG_INT32(1);
  const Oid element = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));
  Datum* parts = Ask(fcinfo, 2, [tiles](const Question& question) {
    const auto sets = question.Tiles(tiles < 0 ? 0 : static_cast<std::uint32_t>(tiles));
    auto* list = static_cast<Datum*>(AllocateIn(CurrentMemoryContext, sets.size() * sizeof(Datum)));
    for (std::size_t i = 0; i < sets.size(); ++i) {
      list[i] = PointerGetDatum(NewVarlena(sets[i].bytes()));
    }
    return list;
  });
  PG_RETURN_POINTER(construct_array(parts, tiles, element, -1, false, TYPALIGN_INT));
}

CDP_FUNCTION(cdp_bsi_add) {
  const bsi::Bytes other = BsiBytes(PG_GETARG_DATUM(1));
  return Changed(fcinfo, [other](bsi::Bsi* value) { value->Add(bsi::BsiView(other)); });
}

CDP_FUNCTION(cdp_bsi_restrict) {
  const bsi::Bytes ids = BitmapArgument(fcinfo, 1);
  return Changed(fcinfo, [ids](bsi::Bsi* value) { value->Restrict(bsi::BitmapView(ids)); });
}

CDP_FUNCTION(cdp_bsi_remove) {
  const bsi::Bytes ids = BitmapArgument(fcinfo, 1);
  return Changed(fcinfo, [ids](bsi::Bsi* value) { value->Remove(bsi::BitmapView(ids)); });
}

CDP_FUNCTION(cdp_bsi_remap) {
  const auto from = IdsOf(fcinfo, 1);
  const auto to = IdsOf(fcinfo, 2);
  const bsi::Bytes image = BsiArgument(fcinfo);
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    bsi::Bsi value = bsi::Remapped(image, from, to, &memory);
    return NewBsi(&value);
  }));
}

CDP_FUNCTION(cdp_bsi_differ) {
  const bsi::Bytes a = BsiBytes(PG_GETARG_DATUM(0));
  const bsi::Bytes b = BsiBytes(PG_GETARG_DATUM(1));
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    return NewVarlena(bsi::Bsi::Differing(bsi::BsiView(a), bsi::BsiView(b), &memory).bytes());
  }));
}

CDP_FUNCTION(cdp__bsi_pack) {
  const bsi::Bytes image = BsiArgument(fcinfo);
  const bsi::Bytes ids = BitmapArgument(fcinfo, 1);
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    return NewVarlena(bsi::Packed(bsi::BsiView(image), ids, &memory));
  }));
}

CDP_FUNCTION(cdp__bsi_patch) {
  const bsi::Bytes image = BsiArgument(fcinfo);
  const bsi::Bytes ids = BitmapArgument(fcinfo, 1);
  const bsi::Bytes packed = BytesOf(PG_GETARG_BYTEA_PP(2));
  PG_RETURN_POINTER(CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    bsi::Bsi patched = bsi::Patched(bsi::BsiView(image), ids, bsi::PackedView(packed), &memory);
    return NewBsi(&patched);
  }));
}

CDP_FUNCTION(cdp__bsi_packed_get) {
  const bsi::Bytes packed = BytesOf(PG_GETARG_BYTEA_PP(0));
  const std::int64_t place = PG_GETARG_INT64(1);
  return ReturnMaybe(fcinfo, CallCore([=] {
                       return Maybe(bsi::PackedView(packed).At(static_cast<std::uint64_t>(place)));
                     }));
}

CDP_FUNCTION(cdp__bsi_packed_count) {
  const bsi::Bytes packed = BytesOf(PG_GETARG_BYTEA_PP(0));
  PG_RETURN_INT64(
      static_cast<int64>(CallCore([packed] { return bsi::PackedView(packed).Count(); })));
}

CDP_FUNCTION(cdp_bsi_equal) { PG_RETURN_BOOL(AreEqual(fcinfo)); }
CDP_FUNCTION(cdp_bsi_not_equal) { PG_RETURN_BOOL(!AreEqual(fcinfo)); }

}  // namespace cdp::pg
