#include "core/identity/text_components_image.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/base/stop.h"
#include "core/identity/text_components.h"

namespace cdp::identity {
namespace {

constexpr const char* kWhat = "components_text value";

std::string_view ReadText(ByteReader* reader) {
  const std::uint64_t size = reader->ReadVarint();
  const auto bytes = reader->ReadSpan(size);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::byte* WriteText(std::byte* at, std::string_view text) {
  at = WriteVarint(at, text.size());
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

}  // namespace

ComponentsForm TextFormOf(std::span<const std::byte> payload) {
  ByteReader reader(payload, kWhat);
  const auto form = static_cast<ComponentsForm>(reader.Read<std::uint8_t>());
  if (form != ComponentsForm::kImage && form != ComponentsForm::kBuild) {
    throw Error(ErrorCode::kCorruptData, "unrecognized components_text format",
                "The version byte is " + std::to_string(static_cast<unsigned>(form)) + ".");
  }
  for (int i = 0; i < 3; ++i) {
    if (reader.Read<std::uint8_t>() != 0) reader.Corrupt("A reserved byte is not zero.");
  }
  return form;
}

std::byte* WriteTextLink(std::byte* at, const TextLink& link) {
  return WriteText(WriteText(at, link.a), link.b);
}

TextBuildView::TextBuildView(std::span<const std::byte> payload) : links_(payload, kWhat) {
  links_.Read<std::uint32_t>();
  const auto used = links_.Read<std::uint32_t>();
  if (links_.Read<std::uint32_t>() != 0) links_.Corrupt("A reserved byte is not zero.");
  links_ = ByteReader(links_.ReadSpan(used), kWhat);
}

bool TextBuildView::Next(TextLink* link) {
  if (links_.done()) return false;
  link->a = ReadText(&links_);
  link->b = ReadText(&links_);
  return true;
}

TextImageView::TextImageView(std::span<const std::byte> payload) {
  ByteReader reader(payload, kWhat);
  reader.Read<std::uint32_t>();
  nodes_ = reader.Read<std::uint32_t>();
  components_ = reader.Read<std::uint32_t>();
  directory_ = reader.position();
  reader.ReadSpan(block_count() * sizeof(std::uint32_t));
  blocks_ = reader.ReadSpan(reader.left());
  // A length and a distance of a byte each at least.
  if (2 * std::uint64_t{nodes_} > blocks_.size()) reader.Corrupt("It has fewer bytes than texts.");
}

TextImageView::Cursor::Cursor(const TextImageView& image, std::size_t block)
    : reader_(image.blocks_, kWhat),
      at_(static_cast<std::uint32_t>(std::min<std::size_t>(block * kTextBlock, image.nodes_))),
      nodes_(image.nodes_) {
  if (at_ >= nodes_) return;
  std::uint32_t start;
  std::memcpy(&start, image.directory_ + block * sizeof(start), sizeof(start));
  reader_.ReadSpan(start);
}

bool TextImageView::Cursor::Next(std::string_view* text, std::uint32_t* component) {
  if (at_ >= nodes_) return false;
  *text = ReadText(&reader_);
  const std::uint64_t distance = reader_.ReadVarint();
  if (distance > at_) reader_.Corrupt("A component is out of range.");
  *component = static_cast<std::uint32_t>(at_ - distance);
  ++at_;
  return true;
}

std::string_view TextImageView::Text(std::uint32_t number) const {
  Cursor cursor(*this, number / kTextBlock);
  std::string_view text;
  std::uint32_t component = 0;
  for (std::uint32_t i = 0; i <= number % kTextBlock; ++i) cursor.Next(&text, &component);
  return text;
}

std::optional<std::uint32_t> TextImageView::Find(std::string_view text) const {
  // The first block that begins behind the text.
  std::size_t low = 0;
  std::size_t high = block_count();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (Text(static_cast<std::uint32_t>(middle * kTextBlock)) <= text) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) return std::nullopt;
  Cursor cursor(*this, low - 1);
  std::string_view at;
  std::uint32_t component = 0;
  for (std::size_t i = 0; i < kTextBlock && cursor.Next(&at, &component) && at <= text; ++i) {
    if (at == text) return component;
  }
  return std::nullopt;
}

std::uint64_t TextImageView::SizeOf(std::uint32_t component) const {
  Cursor cursor(*this, component / kTextBlock);
  std::string_view text;
  std::uint32_t of = 0;
  std::uint64_t size = 0;
  StopTicker ticker;
  while (cursor.Next(&text, &of)) {
    size += of == component;
    ticker.Step();
  }
  return size;
}

std::pmr::vector<std::byte> CanonicalText(std::span<const std::byte> payload,
                                          std::pmr::memory_resource* memory) {
  TextComponents components(memory);
  const ComponentsForm form = TextFormOf(payload);
  components.Merge(payload);
  std::pmr::vector<std::byte> image(components.FlatSize(), memory);
  components.FlattenInto(image.data());
  // There is one image of every partition: whatever is wrong with the given one makes it differ.
  if (form == ComponentsForm::kImage && !std::ranges::equal(image, payload)) {
    throw Error(ErrorCode::kCorruptData, "components_text value is corrupt",
                "Its bytes are not the canonical form of any partition.");
  }
  return image;
}

}  // namespace cdp::identity
