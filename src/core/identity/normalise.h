/// The one spelling of the values of identifiers.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

namespace cdp::identity {

enum class Normaliser : std::uint8_t {
  kTrim,    ///< white space around it goes
  kLower,   ///< and letters of ASCII become small
  kDigits,  ///< digits without the separators between them
  kPhone,   ///< E.164: +8613912345678
  kEmail,   ///< small letters
  kUuid,    ///< 8-4-4-4-12 small hexadecimal digits
  kImei,    ///< 15 digits, the last of them the check digit
  kMac,     ///< six pairs of small hexadecimal digits and colons
  kDevice,  ///< whichever of uuid, mac and imei it is; other hexadecimal digits become small
};

/// By its name in cdp.id_type: "trim", "lower" ...
std::optional<Normaliser> NormaliserOf(std::string_view name);

/// Letters of ASCII become small.
inline char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// How a value is read.
struct SpellingRules {
  Normaliser normaliser = Normaliser::kTrim;
  std::string_view country;  ///< of phone numbers without one, as two capital letters
  bool is_utf8 = true;
};

/// The spelling of what is understood: nothing when a value is no phone number, no address ... To
/// bring a spelling into one spelling changes nothing.
std::optional<std::pmr::string> Understood(std::string_view value, const SpellingRules& rules,
                                           std::pmr::memory_resource* memory);

/// The same; what is not understood is kept as it is, but for white space around it.
std::pmr::string Spelled(std::string_view value, const SpellingRules& rules,
                         std::pmr::memory_resource* memory);

}  // namespace cdp::identity
