/// Text and binary forms of timeline_page.

#include "pg/timeline/sealed_io.h"
#include "pg/timeline/timeline_page_datum.h"

namespace cdp::pg {
namespace {

struct Form {
  static const varlena* Sealed(const varlena* value) { return SealedPage(value); }
  static void Check(std::span<const std::byte> bytes, ErrorCode code,
                    std::pmr::memory_resource* memory) {
    timeline::CheckPage(bytes, code, memory);
  }
};

}  // namespace

CDP_FUNCTION(cdp_timeline_page_in) { return SealedIn<Form>(fcinfo); }
CDP_FUNCTION(cdp_timeline_page_out) { return SealedOut<Form>(fcinfo); }
CDP_FUNCTION(cdp_timeline_page_recv) { return SealedRecv<Form>(fcinfo); }
CDP_FUNCTION(cdp_timeline_page_send) { return SealedSend<Form>(fcinfo); }

}  // namespace cdp::pg
