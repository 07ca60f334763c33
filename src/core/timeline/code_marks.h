/// Some codes, looked for in many at once: which events of a timeline matter is known before
/// anything else of them is read.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cdp::timeline {

/// A set of codes below 256, asked of columns whose codes take a byte each. Owns no memory.
class CodeMarks {
 public:
  /// The most events that Mark takes.
  static constexpr std::size_t kBlock = 256;
  using Words = std::uint64_t[kBlock / 64];

  void Add(std::uint8_t code) {
    const unsigned high = code >> 4;
    rows_[high / 8][code & 15] |= static_cast<std::uint8_t>(1u << (high % 8));
  }

  void Add(const CodeMarks& others) {
    for (std::size_t half = 0; half < rows_.size(); ++half) {
      for (std::size_t i = 0; i < 16; ++i) rows_[half][i] |= others.rows_[half][i];
    }
  }

  /// Sets bit i of the words where codes[i] is in the set, for `count` codes, and clears the other
  /// bits of as many words as these fill or begin. Bytes up to `readable_end`, not before the end
  /// of the codes, may be loaded.
  void Mark(const std::byte* codes, std::size_t count, const std::byte* readable_end,
            Words& words) const;

  /// For each low half of a code a bit for each high one below 8, and for the others.
  using Rows = std::array<std::array<std::uint8_t, 16>, 2>;
  /// One word of 64 codes, all of which may be loaded.
  using Kernel = std::uint64_t (*)(const Rows& rows, const std::byte* codes);

 private:
  Rows rows_ = {};
};

/// Tells each of some codes apart: bit i % 64 of rows[k * stride + i / 64] where codes[i] is
/// wanted[k], for `count` codes. Bytes up to `readable_end`, not before the end of the codes, may
/// be loaded.
void MarkEach(const std::byte* codes, std::size_t count, const std::byte* readable_end,
              std::span<const std::uint8_t> wanted, std::uint64_t* rows, std::size_t stride);

/// The kernels of this processor, or those that every processor has (for tests).
void UsePortableMarks(bool portable);

/// Calls visit(i) for every bit that is set, ascending.
template <class Visit>
void ForEachMark(const CodeMarks::Words& words, std::size_t count, Visit&& visit) {
  for (std::size_t from = 0; from < count; from += 64) {
    for (std::uint64_t bits = words[from / 64]; bits != 0; bits &= bits - 1) {
      visit(from + static_cast<std::size_t>(std::countr_zero(bits)));
    }
  }
}

}  // namespace cdp::timeline
