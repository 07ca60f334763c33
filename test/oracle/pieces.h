/// Bytes that are handed out by pieces, each in a block of exactly its size.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/byte_source.h"
#include "core/base/error.h"
#include "core/bitmap/bitmap_view.h"

namespace cdp::oracle {

class Pieces final : public ByteSource {
 public:
  explicit Pieces(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t size() const override { return bytes_.size(); }
  std::span<const std::byte> Read(std::size_t offset, std::size_t size) override {
    if (offset > bytes_.size() || size > bytes_.size() - offset) std::abort();
    read_ += size;
    blocks_.push_back(std::make_unique<std::byte[]>(size));
    if (size != 0) std::memcpy(blocks_.back().get(), bytes_.data() + offset, size);
    return {blocks_.back().get(), size};
  }
  /// How many bytes have been asked for.
  std::size_t read() const { return read_; }

 private:
  std::span<const std::byte> bytes_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::size_t read_ = 0;
};

/// An answer, or the message of the error that came instead.
template <class Answer>
struct Outcome {
  std::optional<Answer> answer;
  std::string error;
  bool operator==(const Outcome&) const = default;
};

template <class Ask>
auto OutcomeOf(Ask ask) -> Outcome<decltype(ask())> {
  try {
    return {ask(), ""};
  } catch (const Error& error) {
    return {std::nullopt, error.what()};
  }
}

/// Whether `ask(view)` comes out the same for bytes in memory and for bytes by pieces.
template <class Ask>
bool SameByPieces(std::span<const std::byte> bytes, Ask ask) {
  Pieces pieces(bytes);
  return OutcomeOf([&] { return ask(bitmap::BitmapView(bytes)); }) ==
         OutcomeOf([&] { return ask(bitmap::BitmapView(&pieces)); });
}

}  // namespace cdp::oracle
