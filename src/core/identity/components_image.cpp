#include "core/identity/components_image.h"

#include <algorithm>
#include <string>

#include "core/identity/components.h"

namespace cdp::identity {
namespace {

constexpr const char* kWhat = "components value";

template <class T>
T Load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

}  // namespace

ComponentsForm FormOf(std::span<const std::byte> payload) {
  ByteReader reader(payload, kWhat);
  const auto form = static_cast<ComponentsForm>(reader.Read<std::uint8_t>());
  if (form != ComponentsForm::kImage && form != ComponentsForm::kBuild) {
    throw Error(ErrorCode::kCorruptData, "unrecognized components format",
                "The version byte is " + std::to_string(static_cast<unsigned>(form)) + ".");
  }
  for (int i = 0; i < 3; ++i) {
    if (reader.Read<std::uint8_t>() != 0) reader.Corrupt("A reserved byte is not zero.");
  }
  return form;
}

BuildView::BuildView(std::span<const std::byte> payload) {
  ByteReader reader(payload, kWhat);
  reader.Read<std::uint32_t>();
  const auto used = reader.Read<std::uint32_t>();
  if (reader.Read<std::uint32_t>() != 0) reader.Corrupt("A reserved byte is not zero.");
  links_ = reader.position();
  size_ = reader.ReadSpan(used * sizeof(Link)).size() / sizeof(Link);
}

ImageView::ImageView(std::span<const std::byte> payload) {
  ByteReader reader(payload, kWhat);
  reader.Read<std::uint32_t>();
  nodes_ = reader.Read<std::uint32_t>();
  components_ = reader.Read<std::uint32_t>();
  directory_ = reader.position();
  reader.ReadSpan(block_count() * kDirectoryEntryBytes);
  blocks_ = reader.ReadSpan(reader.left());
  // Every node has a reference, every node but a block's first a distance: a byte each at least.
  if (2 * std::uint64_t{nodes_} - block_count() > blocks_.size()) {
    reader.Corrupt("It has fewer bytes than nodes.");
  }
}

std::int64_t ImageView::FirstOf(std::size_t block) const {
  return Load<std::int64_t>(directory_ + block * kDirectoryEntryBytes);
}

std::size_t ImageView::BlockOf(std::int64_t node) const {
  std::size_t low = 0;
  std::size_t high = block_count();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (FirstOf(middle) <= node) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? block_count() : low - 1;
}

ImageView::Cursor::Cursor(const ImageView& image, std::size_t block)
    : reader_(image.blocks_, kWhat),
      directory_(image.directory_),
      at_(block * kBlockNodes),
      nodes_(image.nodes_) {
  if (at_ >= nodes_) return;
  reader_.ReadSpan(
      Load<std::uint32_t>(directory_ + block * kDirectoryEntryBytes + sizeof(std::int64_t)));
}

bool ImageView::Cursor::Next(std::int64_t* node, std::int64_t* component) {
  if (at_ >= nodes_) return false;
  if (at_ % kBlockNodes == 0) {
    last_ = Load<std::int64_t>(directory_ + at_ / kBlockNodes * kDirectoryEntryBytes);
  } else {
    const std::uint64_t gap = reader_.ReadVarint();
    if (gap >= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) -
                   static_cast<std::uint64_t>(last_)) {
      reader_.Corrupt("A node is out of range.");
    }
    last_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(last_) + gap + 1);
  }
  const std::uint64_t distance = reader_.ReadVarint();
  if (distance > static_cast<std::uint64_t>(last_) -
                     static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::min())) {
    reader_.Corrupt("A component is out of range.");
  }
  *node = last_;
  *component = static_cast<std::int64_t>(static_cast<std::uint64_t>(last_) - distance);
  ++at_;
  return true;
}

std::optional<std::int64_t> ImageView::Find(std::int64_t node) const {
  Cursor cursor(*this, BlockOf(node));
  std::int64_t at = 0;
  std::int64_t component = 0;
  for (std::size_t i = 0; i < kBlockNodes && cursor.Next(&at, &component) && at <= node; ++i) {
    if (at == node) return component;
  }
  return std::nullopt;
}

std::uint64_t ImageView::SizeOf(std::int64_t component) const {
  Cursor cursor(*this, BlockOf(component));
  std::int64_t node = 0;
  std::int64_t of = 0;
  std::uint64_t size = 0;
  StopTicker ticker;
  while (cursor.Next(&node, &of)) {
    size += of == component;
    ticker.Step();
  }
  return size;
}

std::pmr::vector<std::byte> Canonical(std::span<const std::byte> payload,
                                      std::pmr::memory_resource* memory) {
  Components components(memory);
  const ComponentsForm form = FormOf(payload);
  components.Merge(payload);
  std::pmr::vector<std::byte> image(components.FlatSize(), memory);
  components.FlattenInto(image.data());
  // There is one image of every partition, so comparing finds whatever is wrong with the given one:
  // order, references to nodes that are no roots, the directory, the counts, overlong integers.
  if (form == ComponentsForm::kImage && !std::ranges::equal(image, payload)) {
    throw Error(ErrorCode::kCorruptData, "components value is corrupt",
                "Its bytes are not the canonical form of any partition.");
  }
  return image;
}

}  // namespace cdp::identity
