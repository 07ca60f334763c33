/// Bytes that lie elsewhere, of which a reader asks for the pieces that it needs.
#pragma once

#include <cstddef>
#include <span>

namespace cdp {

class ByteSource {
 public:
  /// Of all bytes.
  virtual std::size_t size() const = 0;
  /// The bytes from `offset` on, all of which must exist. They live as long as the source.
  virtual std::span<const std::byte> Read(std::size_t offset, std::size_t size) = 0;

 protected:
  // Nobody owns one through this: a source may be plain data that a server's error jumps over.
  ~ByteSource() = default;
};

/// What comes behind an offset of a source.
class SourceTail final : public ByteSource {
 public:
  /// `offset` is at most the source's size.
  SourceTail(ByteSource* source, std::size_t offset) : source_(source), offset_(offset) {}

  std::size_t size() const override { return source_->size() - offset_; }
  std::span<const std::byte> Read(std::size_t offset, std::size_t size) override {
    return source_->Read(offset_ + offset, size);
  }

 private:
  ByteSource* source_;
  std::size_t offset_;
};

}  // namespace cdp
