#include "pg/base/kept_value.h"

extern "C" {
#include "access/detoast.h"
}

namespace cdp::pg {
namespace {

// A call site keeps one value of at most this size.
constexpr std::size_t kMaxKept = 32 << 20;

void Forget(KeptValue* kept) {
  if (kept->notes != nullptr) pfree(kept->notes);
  if (kept->plain != nullptr) pfree(const_cast<varlena*>(kept->plain));
  *kept = {};
}

}  // namespace

KeptValue* KeepArgument(FunctionCallInfo fcinfo, int n) {
  auto* value = reinterpret_cast<varlena*>(PG_GETARG_POINTER(n));
  if (!VARATT_IS_EXTERNAL_ONDISK(value)) return nullptr;
  varatt_external pointer;
  VARATT_EXTERNAL_GET_POINTER(pointer, value);
  if (static_cast<std::size_t>(pointer.va_rawsize) > kMaxKept) return nullptr;
  FmgrInfo* site = fcinfo->flinfo;
  auto* kept = static_cast<KeptValue*>(site->fn_extra);
  if (kept == nullptr) {
    kept = static_cast<KeptValue*>(MemoryContextAllocZero(site->fn_mcxt, sizeof(KeptValue)));
    site->fn_extra = kept;
  }
  if (kept->plain != nullptr && kept->value == pointer.va_valueid &&
      kept->relation == pointer.va_toastrelid) {
    ++kept->uses;
    return kept;
  }
  Forget(kept);
  const MemoryContext caller = MemoryContextSwitchTo(site->fn_mcxt);
  kept->plain = detoast_attr(value);
  MemoryContextSwitchTo(caller);
  kept->relation = pointer.va_toastrelid;
  kept->value = pointer.va_valueid;
  return kept;
}

}  // namespace cdp::pg
