#include "core/timeline/timeline_page.h"

#include <string>

#include "core/base/copy.h"
#include "core/base/error.h"

namespace cdp::timeline {
namespace {

constexpr char kWhat[] = "timeline page";

[[noreturn]] void Refuse(const char* why) {
  throw Error(ErrorCode::kCorruptData, std::string(kWhat) + " is corrupt", why);
}

}  // namespace

PageView::PageView(std::span<const std::byte> page) : end_(page.data() + page.size()) {
  const auto version = static_cast<std::uint8_t>(page.empty() ? std::byte{0} : page[0]);
  if (version != kPageVersion) {
    throw Error(ErrorCode::kCorruptData, "unrecognized format of a timeline page",
                "The value begins with version " + std::to_string(version) + ", not " +
                    std::to_string(kPageVersion) + ".");
  }
  ByteReader in(page, kWhat);
  header_ = in.Read<PageHeader>();
  if (header_.tick >= kTicks.size()) Refuse("The tick does not exist.");
  tick_ = kTicks[header_.tick];
  for (int field = 0; field < kPageFields; ++field) {
    const unsigned width = header_.widths[field];
    if (width > kMaxFieldBytes[field]) Refuse("A number of its entries is too wide.");
    masks_[field] = width == 0 ? 0 : ~std::uint64_t{0} >> (64 - 8 * width);
    offsets_[field + 1] = offsets_[field] + width;
  }
  stride_ = offsets_[kPageFields] + 2;
  if (header_.people > in.left() / stride_) Refuse("It is too short for its people.");
  entries_ = in.ReadSpan(header_.people * stride_).data();
  bodies_ = in.ReadSpan(in.left());
}

std::optional<std::size_t> PageView::Find(std::uint32_t person) const {
  std::size_t low = 0;
  std::size_t high = header_.people;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (PersonAt(middle) < person) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == header_.people || PersonAt(low) != person) return std::nullopt;
  return low;
}

std::uint64_t PageView::CountEvents() const {
  std::uint64_t events = 0;
  StopTicker ticker;
  for (std::size_t i = 0; i < header_.people; ++i) {
    events += FieldAt(i, kEventsField);
    ticker.Step();
  }
  return events;
}

void PageView::Misplaced() { Refuse("A timeline lies outside of it."); }

std::byte* WritePageBuild(std::byte* out, const PagePerson& person) {
  out = WriteRaw(out, person.person);
  out = WriteRaw(out, static_cast<std::uint32_t>(person.body.size()));
  out = WriteRaw(out, person.header);
  CopyBytes(out, person.body.data(), person.body.size());
  return out + person.body.size();
}

std::span<const std::byte> PageBuildRows(std::span<const std::byte> bytes) {
  ByteReader in(bytes, kWhat);
  const auto header = in.Read<PageBuildHeader>();
  if (header.version != kPageBuildVersion) Refuse("The value is not in build form.");
  return in.ReadSpan(header.used);
}

}  // namespace cdp::timeline
