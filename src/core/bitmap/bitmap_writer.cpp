#include "core/bitmap/bitmap_writer.h"

#include <cstring>

#include "core/base/stop.h"

namespace cdp::bitmap {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kTableEntryBytes = 8;  // key and cardinality, later the offset

// The values at the front that share their high bits.
std::span<const std::uint32_t> FrontContainer(std::span<const std::uint32_t> values) {
  const std::uint32_t key = values.front() >> 16;
  std::size_t count = 1;
  while (count < values.size() && values[count] >> 16 == key) ++count;
  return values.first(count);
}

std::size_t ContainerBytes(std::size_t cardinality) {
  return cardinality <= kMaxArrayValues ? 2 * cardinality : kBitsetBytes;
}

void WriteContainer(std::span<const std::uint32_t> values, std::byte* out) {
  if (values.size() <= kMaxArrayValues) {
    for (const std::uint32_t value : values) {
      StoreAt(out, static_cast<std::uint16_t>(value));
      out += 2;
    }
    return;
  }
  std::memset(out, 0, kBitsetBytes);
  for (const std::uint32_t value : values) {
    out[(value & 0xffff) >> 3] |= static_cast<std::byte>(1u << (value & 7));
  }
}

}  // namespace

PortableWriter::PortableWriter(std::span<const std::uint32_t> values)
    : values_(values), size_(kHeaderBytes) {
  StopTicker ticker;
  while (!values.empty()) {
    const std::size_t count = FrontContainer(values).size();
    values = values.subspan(count);
    size_ += kTableEntryBytes + ContainerBytes(count);
    ++containers_;
    ticker.Step(static_cast<std::uint32_t>(count));
  }
}

void PortableWriter::Write(std::byte* out) const {
  StoreAt(out, kCookieWithoutRuns);
  StoreAt(out + 4, containers_);
  std::byte* keys = out + kHeaderBytes;
  std::byte* offsets = keys + 4 * std::size_t{containers_};
  std::byte* data = offsets + 4 * std::size_t{containers_};
  for (auto left = values_; !left.empty();) {
    const auto container = FrontContainer(left);
    left = left.subspan(container.size());
    StoreAt(keys, static_cast<std::uint16_t>(container.front() >> 16));
    StoreAt(keys + 2, static_cast<std::uint16_t>(container.size() - 1));
    StoreAt(offsets, static_cast<std::uint32_t>(data - out));
    WriteContainer(container, data);
    keys += 4;
    offsets += 4;
    data += ContainerBytes(container.size());
  }
}

}  // namespace cdp::bitmap
