/// Text and binary forms of timelines.

#include "pg/base/state_io.h"
#include "pg/timeline/user_rows_datum.h"

namespace cdp::pg {
namespace {

struct Form {
  static std::size_t Size(std::span<const std::byte> bytes) {
    return timeline::UserRowsSize(bytes);
  }
  static void Check(std::span<const std::byte> bytes, ErrorCode code) {
    timeline::CheckUserRows(bytes, code);
    const timeline::UserRowsHeader header = timeline::ReadUserRowsHeader(bytes);
    if (header.terms[0] != 0 || header.terms[1] != 0 || header.terms[2] != 0) {
      throw Error(code, "state of user rows is corrupt", "It is of another aggregate.");
    }
  }
};

}  // namespace

CDP_FUNCTION(cdp_timelines_in) { return StateIn<Form>(fcinfo); }
CDP_FUNCTION(cdp_timelines_out) { return StateOut<Form>(fcinfo); }
CDP_FUNCTION(cdp_timelines_recv) { return StateRecv<Form>(fcinfo); }
CDP_FUNCTION(cdp_timelines_send) { return StateSend<Form>(fcinfo); }

}  // namespace cdp::pg
