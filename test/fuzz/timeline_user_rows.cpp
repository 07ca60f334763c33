/// Arbitrary bytes as the state of aggregates over many users: through the door, and past it.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/behavior/funnel_levels.h"
#include "core/timeline/timeline_check.h"
#include "core/timeline/user_groups.h"

namespace {

using cdp::Error;
using cdp::ErrorCode;
using namespace cdp::timeline;

template <class Record>
std::uint64_t CountEvents(RowSegments rows) {
  UserGroups<Record> groups(std::move(rows), std::pmr::new_delete_resource());
  std::int64_t user = 0;
  std::span<Record> events;
  std::uint64_t count = 0;
  while (groups.Next(&user, &events)) count += events.size();
  return count;
}

bool Passes(std::span<const std::byte> bytes,
            void (*check)(std::span<const std::byte>, ErrorCode)) {
  try {
    check(bytes, ErrorCode::kInvalidBinary);
  } catch (const Error&) {
    return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto* memory = std::pmr::new_delete_resource();
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> bytes(begin, begin + size);
  const bool taken = Passes(bytes, CheckUserRows);
  const bool is_funnel = Passes(bytes, cdp::behavior::CheckFunnelLevels);
  if (is_funnel && !taken) std::abort();
  try {
    const UserRowsHeader header = ReadUserRowsHeader(bytes);
    const std::uint64_t count = CountRows(ReadUserRows(bytes, memory));
    if (CountEvents<FullEvent>(ReadUserRows(bytes, memory)) != count) std::abort();
    // The kind of record that the header promises to do; rows may break the promise.
    const auto promised = [&] {
      return WithRecord(KindOfColumns(header.columns), [&]<class Record>() {
        return CountEvents<Record>(ReadUserRows(bytes, memory));
      });
    };
    if (taken && promised() != count) std::abort();
    if (!taken) {
      try {
        promised();
      } catch (const Error&) {
      }
    }
    // Taken over, nothing is lost, and what comes out passes the door again.
    std::pmr::monotonic_buffer_resource room;
    UserRows rows(&room);
    rows.Take(bytes);
    if (CountRows(rows.Segments(memory)) != count) std::abort();
    std::vector<std::byte> flat(rows.FlatSize());
    rows.FlattenInto(flat.data());
    if (taken && !Passes(flat, CheckUserRows)) std::abort();
    const auto terms = cdp::behavior::LevelTerms::Unpack(header.terms);
    const auto levels = cdp::behavior::FunnelLevels(ReadUserRows(bytes, memory), terms, memory);
    for (std::size_t i = 1; i < levels.size(); ++i) {
      if (levels[i] > levels[i - 1]) std::abort();
    }
  } catch (const Error&) {
    if (is_funnel) std::abort();
  }
  return 0;
}
