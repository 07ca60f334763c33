#include "identifier_book.h"

#include <array>

#include "seeded_random.h"

namespace cdp::demo {
namespace {

void AppendDigits(std::string& out, std::uint64_t value, int digits) {
  char text[20];
  for (int i = digits - 1; i >= 0; --i, value /= 10) text[i] = static_cast<char>('0' + value % 10);
  out.append(text, static_cast<std::size_t>(digits));
}

// Multiplying by a number that is coprime to ten permutes the numbers of that many digits.
void AppendScrambled(std::string& out, std::uint64_t number, std::uint64_t salt, int digits) {
  std::uint64_t modulus = 1;
  for (int i = 0; i < digits; ++i) modulus *= 10;
  AppendDigits(out, (number * 73687873 + salt % 1000000007) % modulus, digits);
}

void AppendHex(std::string& out, std::uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i) out += "0123456789abcdef"[value >> (4 * i) & 15];
}

// Eleven characters hold 64 bits, so different numbers stay different.
void AppendBase62(std::string& out, std::uint64_t value) {
  for (int i = 0; i < 11; ++i, value /= 62) {
    out += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[value % 62];
  }
}

void AppendOpenid(std::string& out, std::string_view prefix, std::uint64_t hash) {
  out += prefix;
  AppendBase62(out, hash);
  AppendBase62(out, Mix64(hash));
}

void AppendUuid(std::string& out, std::uint64_t hash) {
  const std::uint64_t more = Mix64(hash);
  AppendHex(out, hash >> 32, 8);
  out += '-';
  AppendHex(out, hash >> 16, 4);
  out += '-';
  AppendHex(out, hash, 4);
  out += '-';
  AppendHex(out, more >> 48, 4);
  out += '-';
  AppendHex(out, more, 12);
}

// None starts with 138, so no phone number of a person can be a placeholder.
constexpr std::array<std::string_view, 16> kPhonePrefixes{"133", "135", "136", "137", "139", "150",
                                                          "151", "152", "157", "158", "159", "177",
                                                          "186", "187", "188", "189"};
constexpr std::array<std::string_view, 4> kMailHosts{"@qq.com", "@163.com", "@126.com",
                                                     "@foxmail.com"};

}  // namespace

const std::vector<Placeholder>& Placeholders() {
  static const std::vector<Placeholder> list{
      {IdType::kPhone, "13800000000"},
      {IdType::kPhone, "13800138000"},
      {IdType::kPhone, "00000000000"},
      {IdType::kPhone, "null"},
      {IdType::kDevice, "00000000-0000-0000-0000-000000000000"},
      {IdType::kDevice, "unknown"},
      {IdType::kEmail, "none"},
      {IdType::kCookie, "undefined"},
      {IdType::kMember, "0"},
      {IdType::kUnionid, "null"},
      {IdType::kAnonymous, "-1"},
      {IdType::kTaobao, "anonymous"},
  };
  return list;
}

IdentifierBook::IdentifierBook(std::uint64_t seed) : salt_(Mix64(seed)) {}

Id IdentifierBook::Add(IdType type, std::int32_t person) {
  entries_.push_back({person, type, 0, false});
  return static_cast<Id>(entries_.size() - 1);
}

Id IdentifierBook::AddPlaceholder(std::size_t position) {
  const Id id = Add(Placeholders()[position].type, kNobody);
  entries_[id].placeholder = static_cast<std::uint8_t>(position + 1);
  return id;
}

void IdentifierBook::AppendValue(std::string& out, Id id) const {
  const Entry& entry = entries_[id];
  if (entry.placeholder != 0) {
    out += Placeholders()[entry.placeholder - 1U].value;
    return;
  }
  const std::uint64_t hash = Mix64(salt_ + id);
  switch (entry.type) {
    case IdType::kMember:
      out += 'M';
      AppendScrambled(out, id, salt_, 9);
      break;
    case IdType::kRegistered:
      out += 'u';
      AppendScrambled(out, id, salt_, 10);
      break;
    case IdType::kUnionid:
      AppendOpenid(out, "oU5Yts", hash);
      break;
    case IdType::kPhone:
      out += kPhonePrefixes[hash % kPhonePrefixes.size()];
      AppendScrambled(out, id, salt_, 8);
      break;
    case IdType::kWecom:
      AppendOpenid(out, "wmDAAA", hash);
      break;
    case IdType::kOpenidMp:
      AppendOpenid(out, "oMp4x5", hash);
      break;
    case IdType::kOpenidOa:
      AppendOpenid(out, "oOa6Kj", hash);
      break;
    case IdType::kOpenidApp:
      AppendOpenid(out, "oAp9tQ", hash);
      break;
    case IdType::kTaobao:
      out += "tb";
      AppendScrambled(out, id, salt_, 10);
      break;
    case IdType::kJd:
      out += "jd_";
      AppendHex(out, hash, 16);
      break;
    case IdType::kDouyin:
      out += '7';
      AppendScrambled(out, id, salt_, 12);
      break;
    case IdType::kYouzan:
      out += "yz";
      AppendScrambled(out, id, salt_, 10);
      break;
    case IdType::kPosCard:
      out += "66";
      AppendScrambled(out, id, salt_, 10);
      break;
    case IdType::kEmail:
      out += "user";
      AppendScrambled(out, id, salt_, 9);
      out += kMailHosts[hash % kMailHosts.size()];
      break;
    case IdType::kDevice:
      AppendUuid(out, hash);
      break;
    case IdType::kCookie:
      out += "GA1.2.";
      AppendScrambled(out, id, salt_, 10);
      out += ".17";
      AppendDigits(out, hash % 100000000, 8);
      break;
    case IdType::kAnonymous:
      AppendHex(out, hash, 16);
      AppendHex(out, Mix64(hash), 8);
      break;
  }
}

}  // namespace cdp::demo
