#include "pg/base/keyed_hash.h"

extern "C" {
#include "common/hmac.h"
#include "common/sha2.h"
}

namespace cdp::pg {
namespace {

const uint8* Start(std::span<const std::byte> bytes) {
  return reinterpret_cast<const uint8*>(bytes.data());
}

}  // namespace

void KeyedHash(std::span<const std::byte> key, std::span<const std::byte> message,
               std::byte (&hash)[kKeyedHashBytes]) {
  static_assert(kKeyedHashBytes == PG_SHA256_DIGEST_LENGTH);
  pg_hmac_ctx* context = pg_hmac_create(PG_SHA256);
  if (context == nullptr) {
    ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
  }
  if (pg_hmac_init(context, Start(key), key.size()) < 0 ||
      pg_hmac_update(context, Start(message), message.size()) < 0 ||
      pg_hmac_final(context, reinterpret_cast<uint8*>(hash), kKeyedHashBytes) < 0) {
    // The context goes with the transaction.
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
                    errmsg("could not compute a keyed hash: %s", pg_hmac_error(context))));
  }
  pg_hmac_free(context);
}

}  // namespace cdp::pg
