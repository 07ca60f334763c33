/// _keyed_hash: what is kept of identifiers whose values must not be.

#include "pg/base/keyed_hash.h"

namespace cdp::pg {

CDP_FUNCTION(cdp__keyed_hash) {
  const bytea* key = PG_GETARG_BYTEA_PP(0);
  const bytea* message = PG_GETARG_BYTEA_PP(1);
  std::byte hash[kKeyedHashBytes];
  KeyedHash(BytesOf(key), BytesOf(message), hash);
  auto* result = static_cast<bytea*>(palloc(VARHDRSZ + kKeyedHashBytes));
  SET_VARSIZE(result, VARHDRSZ + kKeyedHashBytes);
  std::memcpy(VARDATA(result), hash, kKeyedHashBytes);
  PG_RETURN_BYTEA_P(result);
}

}  // namespace cdp::pg
