/// Connected components of a graph whose nodes are texts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <utility>

#include "core/identity/text_components_image.h"
#include "core/identity/text_table.h"

namespace cdp::identity {

/// Texts are compared byte by byte; a component is named by its smallest text in that order.
class TextComponents {
 public:
  explicit TextComponents(std::pmr::memory_resource* memory) : table_(memory) {}

  /// A self link makes the text known.
  void Add(std::string_view a, std::string_view b) {
    if (pending_count_ == pending_.size() || a.size() + b.size() > room_.size() - room_used_) {
      Settle();
      if (a.size() + b.size() > room_.size()) {
        Join({a, TextTable::HashOf(a)}, {b, TextTable::HashOf(b)});
        return;
      }
    }
    pending_[pending_count_++] = {Keep(a), Keep(b)};
  }

  /// Adds everything that an image or a build form knows.
  void Merge(std::span<const std::byte> payload);

  std::uint32_t nodes() {
    Settle();
    return table_.size();
  }
  std::uint32_t components() { return nodes() - unions_; }

  /// Makes ready for Next, until something is added.
  void Freeze() {
    Settle();
    table_.Sort();
  }

  /// Every text with the smallest one of its component, ascending; *at begins at 0. False at the
  /// end.
  bool Next(std::size_t* at, std::string_view* text, std::string_view* component) const {
    if (*at >= table_.size()) return false;
    *text = table_.Text(table_.Sorted(*at));
    *component = table_.Text(table_.Sorted(table_.First(*at)));
    ++*at;
    return true;
  }

  std::size_t FlatSize();
  void FlattenInto(std::byte* out);

 private:
  struct Hashed {
    std::string_view text;
    std::uint32_t hash;
  };

  /// Links wait here with their texts, so that the cache misses of many are under way at once.
  Hashed Keep(std::string_view text);
  void Settle();
  void Join(const Hashed& a, const Hashed& b) {
    const std::uint32_t x = table_.Place(a.text, a.hash);
    unions_ += table_.Unite(x, table_.Place(b.text, b.hash));
  }

  std::array<std::pair<Hashed, Hashed>, 16> pending_;
  std::array<char, 2048> room_;
  std::uint32_t pending_count_ = 0;
  std::uint32_t room_used_ = 0;
  TextTable table_;
  std::uint32_t unions_ = 0;
};

}  // namespace cdp::identity
