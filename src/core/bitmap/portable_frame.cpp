#include "core/bitmap/portable_frame.h"

#include <cstring>

namespace cdp::bitmap {

PortableCursor::PortableCursor(const PortableFrame& frame, std::byte* out)
    : out_(out), keys_(out + 8), data_(out + frame.HeaderBytes()) {
  if (frame.any_run) {
    StoreAt(out, kCookieWithRuns | (frame.containers - 1) << 16);
    run_flags_ = out + 4;
    keys_ = run_flags_ + (frame.containers + 7) / 8;
    std::memset(run_flags_, 0, (frame.containers + 7) / 8);
  } else {
    StoreAt(out, kCookieWithoutRuns);
    StoreAt(out + 4, frame.containers);
  }
  if (frame.HasOffsets()) offsets_ = keys_ + 4 * std::size_t{frame.containers};
}

std::byte* PortableCursor::Next(std::uint16_t key, std::uint32_t cardinality, bool is_run,
                                std::size_t bytes) {
  if (is_run) run_flags_[written_ / 8] |= static_cast<std::byte>(1u << (written_ % 8));
  ++written_;
  StoreAt(keys_, key);
  StoreAt(keys_ + 2, static_cast<std::uint16_t>(cardinality - 1));
  keys_ += 4;
  if (offsets_ != nullptr) {
    StoreAt(offsets_, static_cast<std::uint32_t>(data_ - out_));
    offsets_ += 4;
  }
  std::byte* place = data_;
  data_ += bytes;
  return place;
}

}  // namespace cdp::bitmap
