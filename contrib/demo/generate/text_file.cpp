#include "text_file.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace cdp::demo {
namespace {

constexpr std::size_t kBufferSize = 1 << 20;

}  // namespace

TextFile::TextFile(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wb")) {
  if (file_ == nullptr) Fail();
  buffer_.reserve(2 * kBufferSize);
}

TextFile::~TextFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void TextFile::Fail() {
  throw std::runtime_error("could not write file \"" + path_ + "\": " + std::strerror(errno));
}

void TextFile::Flush() {
  if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) Fail();
  buffer_.clear();
}

void TextFile::Write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBufferSize) Flush();
}

void TextFile::Close() {
  Flush();
  std::FILE* file = file_;
  file_ = nullptr;
  if (std::fclose(file) != 0) Fail();
}

std::string ReadFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  std::string text;
  if (file != nullptr) {
    char block[1 << 16];
    while (const std::size_t n = std::fread(block, 1, sizeof block, file)) text.append(block, n);
  }
  const bool failed = file == nullptr || std::ferror(file) != 0;
  const int error = errno;
  if (file != nullptr) std::fclose(file);
  if (failed) {
    throw std::runtime_error("could not read file \"" + path + "\": " + std::strerror(error));
  }
  return text;
}

}  // namespace cdp::demo
