/// The stored form of `components_text`: every text of a graph with the smallest one of its
/// component.
///
/// The image is canonical: equal partitions have equal bytes. Layout in docs/formats.md: a header,
/// a directory of blocks of kTextBlock texts, the texts in the order of their bytes. They lie there
/// whole, so that reading gives views of them. The build form, in which small aggregate states
/// grow, is a plain list of links.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/identity/components_image.h"

namespace cdp::identity {

inline constexpr std::size_t kTextBlock = 64;

/// The form of a payload; throws kCorruptData when it is neither.
ComponentsForm TextFormOf(std::span<const std::byte> payload);

struct TextLink {
  std::string_view a;
  std::string_view b;
};

/// Bytes of a link in a build form.
inline std::size_t TextLinkBytes(const TextLink& link) {
  return VarintBytes(link.a.size()) + link.a.size() + VarintBytes(link.b.size()) + link.b.size();
}
std::byte* WriteTextLink(std::byte* at, const TextLink& link);

/// The links of a build form, one by one. Spare room behind them is allowed.
class TextBuildView {
 public:
  explicit TextBuildView(std::span<const std::byte> payload);
  bool Next(TextLink* link);
  /// The bytes of the links not yet read.
  std::span<const std::byte> rest() const { return {links_.position(), links_.left()}; }

 private:
  ByteReader links_;
};

/// Reads an image in place; its texts live as long as the bytes. Wrong bytes may give wrong answers
/// or kCorruptData, never more.
class TextImageView {
 public:
  explicit TextImageView(std::span<const std::byte> payload);

  std::uint32_t nodes() const { return nodes_; }
  std::uint32_t components() const { return components_; }

  /// The number of the smallest text of the text's component; nothing when the graph lacks it.
  std::optional<std::uint32_t> Find(std::string_view text) const;

  /// The text of this number.
  std::string_view Text(std::uint32_t number) const;

  /// How many texts the component of this smallest one has. Reads everything behind it.
  std::uint64_t SizeOf(std::uint32_t component) const;

  /// Walks the texts in ascending order. Plain data: it may lie in server memory.
  class Cursor {
   public:
    /// The next text, and the number of the smallest one of its component. False at the end.
    bool Next(std::string_view* text, std::uint32_t* component);

   private:
    friend class TextImageView;
    Cursor(const TextImageView& image, std::size_t block);
    ByteReader reader_;
    std::uint32_t at_;
    std::uint32_t nodes_;
  };

  Cursor begin() const { return Cursor(*this, 0); }

 private:
  std::size_t block_count() const { return (nodes_ + kTextBlock - 1) / kTextBlock; }

  std::uint32_t nodes_;
  std::uint32_t components_;
  const std::byte* directory_;
  std::span<const std::byte> blocks_;
};

/// Reads either form from a stranger and gives the canonical image, or throws kCorruptData. Whether
/// the texts are right in the server's encoding is not known here.
std::pmr::vector<std::byte> CanonicalText(std::span<const std::byte> payload,
                                          std::pmr::memory_resource* memory);

}  // namespace cdp::identity
