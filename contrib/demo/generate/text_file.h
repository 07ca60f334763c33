#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace cdp::demo {

/// A file written through a buffer. A write that fails is an exception, at the latest in Close().
class TextFile {
 public:
  explicit TextFile(const std::string& path);
  ~TextFile();
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  void Write(std::string_view text);
  void Close();

 private:
  void Flush();
  [[noreturn]] void Fail();

  std::string path_;
  std::FILE* file_;
  std::string buffer_;
};

/// The whole file. Throws std::runtime_error.
std::string ReadFile(const std::string& path);

}  // namespace cdp::demo
