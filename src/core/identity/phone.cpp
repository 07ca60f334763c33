#include "core/identity/phone.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace cdp::identity {
namespace {

struct Country {
  std::string_view name;
  std::string_view code;
  std::string_view trunk;  // dialled before national numbers, left out in international ones
  std::size_t shortest;    // digits of a national number, without trunk
  std::size_t longest;
};

// Countries whose numbers we read without + and code, and in which we know what is to be left out.
// The first of those with one code speaks for all.
constexpr Country kCountries[] = {
    {"CN", "86", "0", 10, 11}, {"HK", "852", "", 8, 8},   {"MO", "853", "", 8, 8},
    {"TW", "886", "0", 8, 9},  {"US", "1", "1", 10, 10},  {"CA", "1", "1", 10, 10},
    {"GB", "44", "0", 9, 10},  {"JP", "81", "0", 9, 10},  {"KR", "82", "0", 8, 10},
    {"SG", "65", "", 8, 8},    {"MY", "60", "0", 8, 10},  {"TH", "66", "0", 8, 9},
    {"VN", "84", "0", 9, 10},  {"PH", "63", "0", 8, 10},  {"ID", "62", "0", 8, 12},
    {"IN", "91", "0", 10, 10}, {"AU", "61", "0", 9, 9},   {"NZ", "64", "0", 8, 10},
    {"DE", "49", "0", 7, 11},  {"FR", "33", "0", 9, 9},   {"IT", "39", "", 8, 11},
    {"ES", "34", "", 9, 9},    {"PT", "351", "", 9, 9},   {"NL", "31", "0", 9, 9},
    {"BE", "32", "0", 8, 9},   {"CH", "41", "0", 9, 9},   {"AT", "43", "0", 7, 12},
    {"SE", "46", "0", 7, 9},   {"NO", "47", "", 8, 8},    {"DK", "45", "", 8, 8},
    {"FI", "358", "0", 6, 10}, {"PL", "48", "", 9, 9},    {"RU", "7", "8", 10, 10},
    {"KZ", "7", "8", 10, 10},  {"TR", "90", "0", 10, 10}, {"BR", "55", "0", 10, 11},
    {"MX", "52", "", 10, 10},  {"AE", "971", "0", 8, 9},  {"SA", "966", "0", 8, 9},
    {"IL", "972", "0", 8, 9},  {"ZA", "27", "0", 9, 9},
};
// Of E.164; shorter ones are extensions or service numbers.
constexpr std::size_t kShortest = 8;
constexpr std::size_t kLongest = 15;

bool IsChineseMobile(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

/// Is this a national number, without trunk?
bool IsNational(std::string_view digits, const Country& country) {
  if (digits.size() < country.shortest || digits.size() > country.longest) return false;
  if (!country.trunk.empty() && digits[0] == '0') return false;
  if (country.name != "CN") return true;
  // Area codes of two digits come with eight more.
  const bool has_short_area = digits.starts_with("10") || digits[0] == '2';
  return IsChineseMobile(digits) || (has_short_area && digits.size() == 10) || digits[0] >= '3';
}

/// The national number, with trunk or without. Empty: it is none.
std::string_view NationalOf(std::string_view digits, const Country& country) {
  if (IsNational(digits, country)) return digits;
  if (country.trunk.empty() || !digits.starts_with(country.trunk)) return {};
  digits.remove_prefix(country.trunk.size());
  return IsNational(digits, country) ? digits : std::string_view();
}

const Country* CountryNamed(std::string_view name) {
  const auto* found = std::find_if(std::begin(kCountries), std::end(kCountries),
                                   [name](const Country& c) { return c.name == name; });
  return found == std::end(kCountries) ? nullptr : found;
}

/// No code begins another one.
const Country* CountryCalled(std::string_view digits) {
  const auto* found =
      std::find_if(std::begin(kCountries), std::end(kCountries),
                   [digits](const Country& c) { return digits.starts_with(c.code); });
  return found == std::end(kCountries) ? nullptr : found;
}

/// One digit all over, or 1234567890 from its first on.
bool IsFiller(std::string_view digits) {
  const auto rises = [](char x, char y) { return y == (x == '9' ? '0' : x + 1); };
  return std::all_of(digits.begin(), digits.end(), [&](char c) { return c == digits[0]; }) ||
         (digits[0] == '1' &&
          std::adjacent_find(digits.begin(), digits.end(), std::not_fn(rises)) == digits.end());
}

struct Written {
  std::pmr::string digits;
  bool has_plus = false;
};

std::optional<Written> Read(std::string_view text, std::pmr::memory_resource* memory) {
  if (text.starts_with("tel:")) text.remove_prefix(4);
  Written written{std::pmr::string(memory)};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      written.digits += c;
    } else if (c == '+') {
      if (written.has_plus || !written.digits.empty()) return std::nullopt;
      written.has_plus = true;
    } else if (text.substr(i).starts_with("(0)") && !written.digits.empty()) {
      i += 2;  // +44 (0) 20: the trunk, for who dials at home
    } else if (std::string_view(" -.()/").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (written.digits.empty()) return std::nullopt;
  return written;
}

}  // namespace

std::optional<std::pmr::string> PhoneNumber(std::string_view text, std::string_view country,
                                            std::pmr::memory_resource* memory) {
  const auto written = Read(text, memory);
  if (!written || IsFiller(written->digits)) return std::nullopt;
  std::string_view digits = written->digits;
  // Filler is filler however much of it was written: 00999999999 comes back as +999999999.
  const auto number = [memory](std::string_view code,
                               std::string_view national) -> std::optional<std::pmr::string> {
    std::pmr::string result("+", memory);
    result.append(code).append(national);
    if (IsFiller(national) || IsFiller(std::string_view(result).substr(1))) return std::nullopt;
    return result;
  };
  const bool is_international = written->has_plus || digits.starts_with("00");
  if (is_international) {
    if (!written->has_plus) digits.remove_prefix(2);
    if (digits.empty() || digits[0] == '0') return std::nullopt;
    if (const Country* abroad = CountryCalled(digits)) {
      const auto national = NationalOf(digits.substr(abroad->code.size()), *abroad);
      if (national.empty()) return std::nullopt;
      return number(abroad->code, national);
    }
    if (digits.size() < kShortest || digits.size() > kLongest) return std::nullopt;
    return number("", digits);
  }
  const Country* home = CountryNamed(country);
  if (home == nullptr) return std::nullopt;
  // A Chinese number on land needs its trunk: 4001234567 is a service, 2012345678 anything.
  const bool has_trunk = !home->trunk.empty() && digits.starts_with(home->trunk);
  if (home->name != "CN" || has_trunk || IsChineseMobile(digits)) {
    const auto national = NationalOf(digits, *home);
    if (!national.empty() && !IsFiller(national)) return number(home->code, national);
  }
  // With the code of the country, and nothing to tell so.
  if (!digits.starts_with(home->code)) return std::nullopt;
  digits.remove_prefix(home->code.size());
  const bool is_sure = home->name == "CN" ? IsChineseMobile(digits) : IsNational(digits, *home);
  if (!is_sure) return std::nullopt;
  return number(home->code, digits);
}

}  // namespace cdp::identity
