/// What cdp.id_type says of how values of a type are spelled.
#pragma once

#include "core/identity/normalise.h"

#include "pg/base/datum.h"

namespace cdp::pg {

struct IdRule {
  identity::Normaliser normaliser;
  bool is_hashed;
  bool is_refused;  ///< the type is not known, and setting id_unknown_types refuses such
  char country[4];  ///< setting id_default_country

  identity::SpellingRules spelling() const {
    return {normaliser, country, GetDatabaseEncoding() == PG_UTF8};
  }
};

/// The rule of a type, its name in the one spelling. A call site remembers those it has asked for
/// as long as its query runs; it must keep nothing else in fn_extra. May longjmp.
IdRule RuleOf(FunctionCallInfo fcinfo, std::string_view type);

}  // namespace cdp::pg
