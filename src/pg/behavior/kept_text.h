/// What a text argument means, worked out once and kept while the argument stays the same.
#pragma once

#include "pg/base/datum.h"

namespace cdp::pg {

/// Lives in fn_extra of a call site whose text argument hardly ever changes from row to row.
template <class Meaning>
struct KeptText {
  text* spelling;
  Meaning meaning;

  /// Whether `meaning` is kept for `spelling`.
  static bool Keeps(const FmgrInfo* site, const text* spelling, const Meaning& meaning) {
    const auto* kept = static_cast<const KeptText*>(site->fn_extra);
    return kept != nullptr && kept->Spelled(spelling) && kept->meaning == meaning;
  }

  /// The meaning of `spelling`: the one kept, or read(spelling), which may throw. May longjmp.
  template <class Read>
  static const Meaning& Of(FmgrInfo* site, const text* spelling, Read&& read) {
    auto* kept = static_cast<KeptText*>(site->fn_extra);
    if (kept != nullptr && kept->Spelled(spelling)) return kept->meaning;
    const Meaning meaning = CallCore([&] { return read(ViewOf(spelling)); });
    auto* copy = static_cast<text*>(MemoryContextAlloc(site->fn_mcxt, VARSIZE_ANY(spelling)));
    std::memcpy(copy, spelling, VARSIZE_ANY(spelling));
    auto* made = static_cast<KeptText*>(MemoryContextAlloc(site->fn_mcxt, sizeof(KeptText)));
    *made = {copy, meaning};
    site->fn_extra = made;
    if (kept != nullptr) {
      pfree(kept->spelling);
      pfree(kept);
    }
    return made->meaning;
  }

 private:
  bool Spelled(const text* other) const {
    return VARSIZE_ANY(spelling) == VARSIZE_ANY(other) &&
           std::memcmp(spelling, other, VARSIZE_ANY(other)) == 0;
  }
};

}  // namespace cdp::pg
