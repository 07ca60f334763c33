#include "core/identity/normalise.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/identity/landed_text.h"
#include "core/identity/phone.h"

namespace cdp::identity {
namespace {

using Text = std::pmr::string;
using MaybeText = std::optional<Text>;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

void MakeLower(Text* text) { std::transform(text->begin(), text->end(), text->begin(), Lower); }

/// What looks like ASCII becomes ASCII: full-width characters, and spaces and hyphens of all kinds.
Text Folded(std::string_view text, bool is_utf8, std::pmr::memory_resource* memory) {
  static constexpr std::pair<std::string_view, char> kAlike[] = {
      {"\u00a0", ' '}, {"\u2002", ' '}, {"\u2003", ' '}, {"\u2009", ' '},
      {"\u202f", ' '}, {"\u3000", ' '}, {"\u2010", '-'}, {"\u2011", '-'},
      {"\u2012", '-'}, {"\u2013", '-'}, {"\u2014", '-'}, {"\u2212", '-'}};
  // Marks of direction, which come along with what is copied from a contact.
  static constexpr std::string_view kUnseen[] = {"\u200b", "\u200e", "\u200f", "\u202a",
                                                 "\u202c", "\u202d", "\u2060", "\ufeff"};
  const auto is_ascii = [](char c) { return !(c & 0x80); };
  if (!is_utf8 || std::all_of(text.begin(), text.end(), is_ascii)) {
    return Text(Trim(text, is_utf8), memory);
  }
  Text folded(memory);
  for (std::size_t i = 0; i < text.size();) {
    const auto rest = text.substr(i);
    if (is_ascii(rest[0])) {
      folded += rest[0];
      ++i;
      continue;
    }
    const auto* alike = std::find_if(std::begin(kAlike), std::end(kAlike),
                                     [rest](const auto& x) { return rest.starts_with(x.first); });
    const auto* unseen = std::find_if(std::begin(kUnseen), std::end(kUnseen),
                                      [rest](std::string_view x) { return rest.starts_with(x); });
    if (alike != std::end(kAlike)) {
      folded += alike->second;
      i += alike->first.size();
    } else if (unseen != std::end(kUnseen)) {
      i += unseen->size();
    } else if (rest.size() >= 3 && rest[0] == '\xef' && (rest[1] == '\xbc' || rest[1] == '\xbd')) {
      // U+FF01 to U+FF5E are 0x21 to 0x7E.
      const int low = (rest[1] == '\xbd' ? 0x40 : 0) + (static_cast<unsigned char>(rest[2]) & 0x3f);
      if (low >= 0x01 && low <= 0x5e) {
        folded += static_cast<char>(low + 0x20);
      } else {
        folded.append(rest.substr(0, 3));
      }
      i += 3;
    } else {
      folded += rest[0];
      ++i;
    }
  }
  return Text(Trim(folded, is_utf8), memory);
}

/// The text without these separators, when the rest of it is of this kind.
template <class IsKind>
MaybeText Without(std::string_view separators, const Text& text, IsKind is_kind) {
  Text kept(text.get_allocator());
  for (const char c : text) {
    if (is_kind(c)) {
      kept += c;
    } else if (separators.find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (kept.empty()) return std::nullopt;
  return kept;
}

MaybeText Email(Text text, bool is_utf8) {
  for (std::size_t before = 0; before != text.size();) {
    before = text.size();
    MakeLower(&text);
    if (text.starts_with("mailto:")) text.erase(0, 7);
    if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
    if (text.ends_with('.')) text.pop_back();
    text = Text(Trim(text, is_utf8), text.get_allocator());
  }
  const std::size_t at = text.find('@');
  const bool is_address = at != text.npos && at > 0 && at + 1 < text.size() &&
                          text.find('@', at + 1) == text.npos &&
                          text.find_first_of(" \t\r\n\f\v<>,;:") == text.npos;
  if (!is_address) return std::nullopt;
  return text;
}

/// A UUID with its hyphens, or of digits alone when those may be missing.
MaybeText Uuid(const Text& text, bool may_lack_hyphens) {
  std::string_view body = text;
  if (body.starts_with("urn:uuid:")) body.remove_prefix(9);
  if (body.starts_with('{') && body.ends_with('}')) body = body.substr(1, body.size() - 2);
  Text uuid(text.get_allocator());
  for (std::size_t i = 0; i < body.size(); ++i) {
    const bool is_hyphen = body.size() == 36 && (i == 8 || i == 13 || i == 18 || i == 23);
    if (is_hyphen ? body[i] != '-' : !IsHex(body[i])) return std::nullopt;
    if (!is_hyphen) uuid += Lower(body[i]);
  }
  if (uuid.size() != 32 || (body.size() == 32 && !may_lack_hyphens)) return std::nullopt;
  for (const std::size_t place : {8, 13, 18, 23}) uuid.insert(place, 1, '-');
  return uuid;
}

/// By Luhn's rule, of 14 digits.
char CheckDigit(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < 14; ++i) {
    const int twice = (digits[i] - '0') * (i % 2 == 1 ? 2 : 1);
    sum += twice / 10 + twice % 10;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

MaybeText Imei(const Text& text, bool may_lack_check_digit) {
  MaybeText digits = Without(" -/.", text, IsDigit);
  if (!digits) return std::nullopt;
  // 14 digits lack the check digit, and 16 have a version in its place.
  if (may_lack_check_digit && (digits->size() == 14 || digits->size() == 16)) {
    digits->resize(14);
    *digits += CheckDigit(*digits);
  }
  return digits->size() == 15 ? digits : std::nullopt;
}

MaybeText Mac(const Text& text, bool may_lack_separators) {
  MaybeText digits = Without(":-.", text, IsHex);
  if (!digits || digits->size() != 12 || (text.size() == 12 && !may_lack_separators)) {
    return std::nullopt;
  }
  MakeLower(&*digits);
  for (std::size_t place = 10; place > 0; place -= 2) digits->insert(place, 1, ':');
  return digits;
}

MaybeText Device(const Text& text) {
  // Digits alone may be anything, so only what shows its kind is taken for it.
  if (MaybeText uuid = Uuid(text, false)) return uuid;
  if (MaybeText imei = Imei(text, false)) return imei;
  if (MaybeText mac = Mac(text, false)) return mac;
  if (text.size() < 16 || !std::all_of(text.begin(), text.end(), IsHex)) return std::nullopt;
  Text lower = text;
  MakeLower(&lower);
  return lower;
}

}  // namespace

std::optional<Normaliser> NormaliserOf(std::string_view name) {
  static constexpr std::string_view kNames[] = {"trim", "lower", "digits", "phone", "email",
                                                "uuid", "imei",  "mac",    "device"};
  const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<Normaliser>(found - std::begin(kNames));
}

std::optional<std::pmr::string> Understood(std::string_view value, const SpellingRules& rules,
                                           std::pmr::memory_resource* memory) {
  if (rules.normaliser == Normaliser::kTrim || rules.normaliser == Normaliser::kLower) {
    Text text(Trim(value, rules.is_utf8), memory);
    if (rules.normaliser == Normaliser::kLower) MakeLower(&text);
    return text;
  }
  // Whatever is longer is no key anyway.
  if (Trim(value, rules.is_utf8).size() > kLongestKey) return std::nullopt;
  Text text = Folded(value, rules.is_utf8, memory);
  switch (rules.normaliser) {
    case Normaliser::kDigits:
      return Without(" -./()", text, IsDigit);
    case Normaliser::kPhone:
      return PhoneNumber(text, rules.country, memory);
    case Normaliser::kEmail:
      return Email(std::move(text), rules.is_utf8);
    case Normaliser::kUuid:
      return Uuid(text, true);
    case Normaliser::kImei:
      return Imei(text, true);
    case Normaliser::kMac:
      return Mac(text, true);
    default:
      return Device(text);
  }
}

std::pmr::string Spelled(std::string_view value, const SpellingRules& rules,
                         std::pmr::memory_resource* memory) {
  auto understood = Understood(value, rules, memory);
  return understood ? std::move(*understood) : Text(Trim(value, rules.is_utf8), memory);
}

}  // namespace cdp::identity
