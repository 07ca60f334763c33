#include "core/timeline/user_row.h"

#include <string>

namespace cdp::timeline {

void RowReader::Corrupt(const char* why) {
  throw Error(ErrorCode::kCorruptData, "state of user rows is corrupt", why);
}

void RowReader::CorruptColumn() { Corrupt("A row has a column that the header does not know of."); }

const std::byte* RowReader::EndOfLongRow(unsigned first, const std::byte* at) {
  const auto more = std::to_integer<unsigned>(*at++);
  at += (first & internal::kWideCode) != 0 ? 4 : 1;
  at += (first & 7) + 1;
  if ((more & 1) != 0) at += (more >> 5) + 1;
  for (unsigned left = more >> 1 & 15; left != 0; left &= left - 1) {
    for (unsigned bytes = 0; bytes < 4 && *at >= std::byte{128}; ++bytes) ++at;
    ++at;
  }
  return at;
}

void RowReader::NearEnd() {
  if (at_ > end_) Corrupt("A row is longer than its partition.");
  UseTail();
}

void RowReader::UseTail() {
  if (in_tail_) return;
  const auto left = static_cast<std::size_t>(end_ - at_);
  if (left != 0) std::memcpy(tail_, at_, left);
  std::memset(tail_ + left, 0, sizeof(tail_) - left);
  at_ = tail_;
  end_ = tail_ + left;
  in_tail_ = true;
}

}  // namespace cdp::timeline
