/// The stored form of `components`: every node of a graph with the smallest node of its component.
///
/// The image is canonical: equal partitions have equal bytes. Layout in docs/formats.md: a header,
/// a directory with the first node of every block, blocks of kBlockNodes nodes. A look-up decodes
/// one block. The build form, in which small aggregate states grow, is a plain list of links.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/stop.h"

namespace cdp::identity {

enum class ComponentsForm : std::uint8_t { kImage = 1, kBuild = 2 };

struct Link {
  std::int64_t a;
  std::int64_t b;
};

inline constexpr std::size_t kBlockNodes = 256;
inline constexpr std::size_t kImageHeaderBytes = 12;
inline constexpr std::size_t kDirectoryEntryBytes = 12;
inline constexpr std::size_t kBuildHeaderBytes = 12;

/// The form of a payload; throws kCorruptData when it is neither.
ComponentsForm FormOf(std::span<const std::byte> payload);

/// The links of a build form; throws when they cannot all be there. Spare room behind them is
/// allowed. The bytes need not be aligned, hence a copying reader.
class BuildView {
 public:
  explicit BuildView(std::span<const std::byte> payload);
  std::size_t size() const { return size_; }
  Link operator[](std::size_t i) const {
    Link link;
    std::memcpy(&link, links_ + i * sizeof(Link), sizeof(Link));
    return link;
  }

 private:
  const std::byte* links_;
  std::size_t size_;
};

/// Reads an image in place. Wrong bytes may give wrong answers or kCorruptData, never more.
class ImageView {
 public:
  explicit ImageView(std::span<const std::byte> payload);

  std::uint32_t nodes() const { return nodes_; }
  std::uint32_t components() const { return components_; }

  /// The smallest node of the node's component; nothing when the graph has no such node.
  std::optional<std::int64_t> Find(std::int64_t node) const;

  /// How many nodes the component of this smallest node has. Reads everything behind it.
  std::uint64_t SizeOf(std::int64_t component) const;

  /// Walks the nodes in ascending order. Plain data: it may lie in server memory.
  class Cursor {
   public:
    /// False at the end.
    bool Next(std::int64_t* node, std::int64_t* component);

   private:
    friend class ImageView;
    Cursor(const ImageView& image, std::size_t block);
    ByteReader reader_;
    const std::byte* directory_;
    std::size_t at_;
    std::size_t nodes_;
    std::int64_t last_ = 0;
  };

  Cursor begin() const { return Cursor(*this, 0); }

 private:
  std::size_t block_count() const { return (nodes_ + kBlockNodes - 1) / kBlockNodes; }
  std::int64_t FirstOf(std::size_t block) const;
  /// The last block that starts at or before the node; block_count() when none does.
  std::size_t BlockOf(std::int64_t node) const;

  std::uint32_t nodes_;
  std::uint32_t components_;
  const std::byte* directory_;
  std::span<const std::byte> blocks_;
};

/// Bytes of the image of what for_each(f) reports as f(node, component), ascending.
template <class ForEach>
std::size_t ImageSize(std::size_t nodes, ForEach&& for_each) {
  std::size_t size =
      kImageHeaderBytes + (nodes + kBlockNodes - 1) / kBlockNodes * kDirectoryEntryBytes;
  std::size_t at = 0;
  std::uint64_t last = 0;
  for_each([&](std::int64_t node, std::int64_t component) {
    const auto number = static_cast<std::uint64_t>(node);
    if (at++ % kBlockNodes != 0) size += VarintBytes(number - last - 1);
    size += VarintBytes(number - static_cast<std::uint64_t>(component));
    last = number;
  });
  return size;
}

/// Writes the same image at `out`.
template <class ForEach>
void WriteImage(std::byte* out, std::uint32_t nodes, std::uint32_t components, ForEach&& for_each) {
  out = WriteRaw(out, static_cast<std::uint32_t>(ComponentsForm::kImage));
  out = WriteRaw(out, nodes);
  std::byte* directory = WriteRaw(out, components);
  std::byte* const blocks =
      directory + (nodes + kBlockNodes - 1) / kBlockNodes * kDirectoryEntryBytes;
  std::byte* at = blocks;
  std::size_t count = 0;
  std::uint64_t last = 0;
  for_each([&](std::int64_t node, std::int64_t component) {
    const auto number = static_cast<std::uint64_t>(node);
    if (count++ % kBlockNodes != 0) {
      at = WriteVarint(at, number - last - 1);
    } else {
      directory = WriteRaw(directory, node);
      directory = WriteRaw(directory, static_cast<std::uint32_t>(at - blocks));
    }
    at = WriteVarint(at, number - static_cast<std::uint64_t>(component));
    last = number;
  });
}

/// Reads either form from a stranger and gives the canonical image, or throws kCorruptData.
std::pmr::vector<std::byte> Canonical(std::span<const std::byte> payload,
                                      std::pmr::memory_resource* memory);

}  // namespace cdp::identity
