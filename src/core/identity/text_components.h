/// Connected components of a graph whose nodes are texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>

#include "core/identity/text_components_image.h"
#include "core/identity/text_table.h"

namespace cdp::identity {

/// Texts are compared byte by byte; a component is named by its smallest text in that order.
class TextComponents {
 public:
  explicit TextComponents(std::pmr::memory_resource* memory) : table_(memory) {}

  /// A self link makes the text known.
  void Add(std::string_view a, std::string_view b) {
    const std::uint32_t x = table_.Place(a);
    unions_ += table_.Unite(x, table_.Place(b));
  }

  /// Adds everything that an image or a build form knows.
  void Merge(std::span<const std::byte> payload);

  std::uint32_t nodes() const { return table_.size(); }
  std::uint32_t components() const { return table_.size() - unions_; }

  /// Makes ready for Next, until something is added.
  void Freeze() { table_.Sort(); }

  /// Every text with the smallest one of its component, ascending; *at begins at 0. False at the
  /// end.
  bool Next(std::size_t* at, std::string_view* text, std::string_view* component) const {
    if (*at >= nodes()) return false;
    *text = table_.Text(table_.Sorted(*at));
    *component = table_.Text(table_.Sorted(table_.First(*at)));
    ++*at;
    return true;
  }

  std::size_t FlatSize();
  void FlattenInto(std::byte* out);

 private:
  TextTable table_;
  std::uint32_t unions_ = 0;
};

}  // namespace cdp::identity
