/// Any text as the value of an identifier: one spelling of a spelling is the same spelling, and
/// what is understood stays so.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory_resource>

#include "core/identity/normalise.h"

namespace {

/// Well-formed enough: every byte belongs to a character as its first byte says.
bool IsUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t bytes = lead < 0x80   ? 1
                              : lead < 0xc2 ? 0
                              : lead < 0xe0 ? 2
                              : lead < 0xf0 ? 3
                                            : 0;
    if (bytes == 0 || i + bytes > text.size()) return false;
    const auto rest = text.substr(i + 1, bytes - 1);
    if (!std::all_of(rest.begin(), rest.end(), [](char c) { return (c & 0xc0) == 0x80; }))
      return false;
    i += bytes;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp::identity;
  static constexpr std::string_view kCountries[] = {"CN", "US", "GB", "RU", "IT", "DE", "HK", "?"};
  if (size < 2) return 0;
  const std::string_view value(reinterpret_cast<const char*>(data) + 2, size - 2);
  const bool is_utf8 = (data[1] & 8) == 0;
  if (is_utf8 && !IsUtf8(value)) return 0;
  const SpellingRules rules{static_cast<Normaliser>(data[0] % 9), kCountries[data[1] % 8], is_utf8};
  auto* memory = std::pmr::new_delete_resource();
  const auto understood = Understood(value, rules, memory);
  const auto once = Spelled(value, rules, memory);
  if (Spelled(once, rules, memory) != once) std::abort();
  if (Understood(once, rules, memory) != understood) std::abort();
  if (understood && rules.normaliser == Normaliser::kPhone &&
      (!understood->starts_with('+') || understood->size() > 16)) {
    std::abort();
  }
  return 0;
}
