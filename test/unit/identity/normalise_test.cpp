#include "core/identity/normalise.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/identity/phone.h"

namespace cdp::identity {
namespace {

auto* const kMemory = std::pmr::new_delete_resource();

/// What is understood; "?" for nothing.
std::string As(Normaliser normaliser, std::string_view value, std::string_view country = "CN") {
  const auto text = Understood(value, {normaliser, country, true}, kMemory);
  return text ? std::string(*text) : "?";
}

std::string Phone(std::string_view value, std::string_view country = "CN") {
  return As(Normaliser::kPhone, value, country);
}

TEST(Normalise, ChinesePhones) {
  for (const char* same :
       {"13912345678", " 139-1234-5678 ", "139 1234 5678", "+86 13912345678", "+8613912345678",
        "86-139-1234-5678", "8613912345678", "0086 139 1234 5678", "(+86)139.1234.5678",
        "013912345678", "１３９１２３４５６７８", "＋８６　139\u00a01234\u200b5678",
        "tel:13912345678", "139\u20131234\u20115678", "\u202d+86 139 1234 5678\u202c"}) {
    EXPECT_EQ(Phone(same), "+8613912345678") << same;
  }
  EXPECT_EQ(Phone("010-12345678"), "+861012345678");
  EXPECT_EQ(Phone("(021) 6234 5678"), "+862162345678");
  EXPECT_EQ(Phone("0755-8234567"), "+867558234567");
  EXPECT_EQ(Phone("+86 (0)755 8234 5678"), "+8675582345678");
  EXPECT_EQ(Phone("+86 010 12345678"), "+861012345678");
}

TEST(Normalise, WhatIsNoPhone) {
  for (const char* odd : {"",
                          "null",
                          "123456",
                          "12345678901",
                          "11111111111",
                          "00000000000",
                          "1391234567",
                          "139123456789",
                          "12012345678",
                          "4001234567",
                          "62345678",
                          "139 1234 567x",
                          "139+12345678",
                          "++8613912345678",
                          "+0123456789",
                          "+86",
                          "+",
                          "-",
                          "13912345678 ext 5",
                          "88888888",
                          "+8611111111111",
                          "8610123456789012",
                          "0000",
                          "00",
                          "00999999999",
                          "0012345678901"}) {
    EXPECT_EQ(Phone(odd), "?") << odd;
  }
  EXPECT_EQ(Phone("2345678901", "US"), "?");
}

TEST(Normalise, PhonesOfOtherCountries) {
  EXPECT_EQ(Phone("+852 2345 6789"), "+85223456789");
  EXPECT_EQ(Phone("2345 6789", "HK"), "+85223456789");
  EXPECT_EQ(Phone("00852-23456789"), "+85223456789");
  EXPECT_EQ(Phone("+1 (415) 555-2671"), "+14155552671");
  EXPECT_EQ(Phone("1-415-555-2671", "US"), "+14155552671");
  EXPECT_EQ(Phone("415-555-2671", "CA"), "+14155552671");
  EXPECT_EQ(Phone("+44 (0)20 7946 0958"), "+442079460958");
  EXPECT_EQ(Phone("020 7946 0958", "GB"), "+442079460958");
  EXPECT_EQ(Phone("442079460958", "GB"), "+442079460958");
  EXPECT_EQ(Phone("8 912 345-67-89", "RU"), "+79123456789");
  EXPECT_EQ(Phone("+39 06 1234 5678"), "+390612345678");
  EXPECT_EQ(Phone("090-1234-5678", "JP"), "+819012345678");
  // Of a country that we do not know, as it comes.
  EXPECT_EQ(Phone("+248 2 512 345"), "+2482512345");
  EXPECT_EQ(Phone("13912345678", "XX"), "?");
  EXPECT_EQ(Phone("13912345678", ""), "?");
  EXPECT_EQ(Phone("+8613912345678", "XX"), "+8613912345678");
}

TEST(Normalise, Emails) {
  for (const char* same :
       {"Li.Ming@Example.COM", " li.ming@example.com. ", "mailto:Li.Ming@example.com",
        "<li.ming@example.com>", "ｌi.ming＠example．com", "MAILTO:<li.ming@example.com>"}) {
    EXPECT_EQ(As(Normaliser::kEmail, same), "li.ming@example.com") << same;
  }
  EXPECT_EQ(As(Normaliser::kEmail, "李@例子.cn"), "李@例子.cn");
  for (const char* odd :
       {"", "li", "@", "li@", "@example.com", "a@b@c", "li ming@example.com", "a@b,c@d"}) {
    EXPECT_EQ(As(Normaliser::kEmail, odd), "?") << odd;
  }
}

TEST(Normalise, Devices) {
  const std::string uuid = "6d92078a-8246-4ba4-ae5b-76104861e7dc";
  for (const char* same :
       {"6D92078A-8246-4BA4-AE5B-76104861E7DC", "{6d92078a-8246-4ba4-ae5b-76104861e7dc}",
        "urn:uuid:6d92078a-8246-4ba4-ae5b-76104861e7dc"}) {
    EXPECT_EQ(As(Normaliser::kUuid, same), uuid) << same;
    EXPECT_EQ(As(Normaliser::kDevice, same), uuid) << same;
  }
  EXPECT_EQ(As(Normaliser::kUuid, "6D92078A82464BA4AE5B76104861E7DC"), uuid);
  EXPECT_EQ(As(Normaliser::kDevice, "6D92078A82464BA4AE5B76104861E7DC"),
            "6d92078a82464ba4ae5b76104861e7dc");
  EXPECT_EQ(As(Normaliser::kUuid, "6d92078a-8246-4ba4-ae5b-76104861e7d"), "?");
  EXPECT_EQ(As(Normaliser::kUuid, "6d92078a-8246-4ba4-ae5b+76104861e7dc"), "?");
  // 490154203237518 is the example of the standard.
  for (const char* same :
       {"490154203237518", "49-015420-323751-8", "49 015420 323751", "4901542032375101"}) {
    EXPECT_EQ(As(Normaliser::kImei, same), "490154203237518") << same;
  }
  EXPECT_EQ(As(Normaliser::kDevice, "49-015420-323751-8"), "490154203237518");
  EXPECT_EQ(As(Normaliser::kImei, "4901542032375"), "?");
  for (const char* same : {"02:00:5E:00:53:AF", "02-00-5e-00-53-af", "0200.5E00.53AF"}) {
    EXPECT_EQ(As(Normaliser::kMac, same), "02:00:5e:00:53:af") << same;
    EXPECT_EQ(As(Normaliser::kDevice, same), "02:00:5e:00:53:af") << same;
  }
  EXPECT_EQ(As(Normaliser::kMac, "02005E0053AF"), "02:00:5e:00:53:af");
  EXPECT_EQ(As(Normaliser::kDevice, "02005E0053AF"), "?");
  EXPECT_EQ(As(Normaliser::kDevice, "9774D56D682E549C"), "9774d56d682e549c");
  EXPECT_EQ(As(Normaliser::kDevice, "tablet-7"), "?");
}

TEST(Normalise, PlainOnes) {
  EXPECT_EQ(As(Normaliser::kTrim, " oX1aB\u3000"), "oX1aB");
  EXPECT_EQ(As(Normaliser::kLower, " ABC\u00c4 "), "abc\u00c4");
  EXPECT_EQ(As(Normaliser::kDigits, "0012-34 56"), "00123456");
  EXPECT_EQ(As(Normaliser::kDigits, "12a"), "?");
  EXPECT_EQ(Spelled(" Not A Phone ", {Normaliser::kPhone, "CN", true}, kMemory), "Not A Phone");
  EXPECT_EQ(Spelled("\xa3\xb1 ", {Normaliser::kPhone, "CN", false}, kMemory), "\xa3\xb1");
  EXPECT_EQ(As(Normaliser::kDigits, std::string(1024, '7')), std::string(1024, '7'));
  EXPECT_EQ(As(Normaliser::kDigits, std::string(5000, ' ') + "7"), "7");
  EXPECT_EQ(As(Normaliser::kDigits, std::string(1025, '7')), "?");
  EXPECT_EQ(NormaliserOf("device"), Normaliser::kDevice);
  EXPECT_EQ(NormaliserOf("Trim"), std::nullopt);
}

TEST(Normalise, TwiceIsOnce) {
  std::mt19937_64 rng(20260101);
  const std::vector<std::string> pieces{"0",
                                        "1",
                                        "39",
                                        "86",
                                        "+",
                                        "00",
                                        "-",
                                        " ",
                                        "(0)",
                                        ".",
                                        "a",
                                        "F",
                                        "@",
                                        "<",
                                        ">",
                                        ":",
                                        "{",
                                        "}",
                                        "\u3000",
                                        "１",
                                        "＋",
                                        "\u200b",
                                        "\ufeff",
                                        "mailto:",
                                        "13912345678",
                                        "tel:",
                                        "44",
                                        "7",
                                        "8",
                                        "6d92078a-8246-4ba4-ae5b-76104861e7dc",
                                        "490154203237518",
                                        "02005e0053af",
                                        "é",
                                        "李"};
  const char* countries[] = {"CN", "US", "GB", "RU", "IT", "DE", "XX"};
  for (int round = 0; round < 60000; ++round) {
    std::string value;
    for (std::uint64_t n = rng() % 8; n > 0; --n) value += pieces[rng() % pieces.size()];
    const SpellingRules rules{static_cast<Normaliser>(rng() % 9), countries[rng() % 7], true};
    const auto once = Spelled(value, rules, kMemory);
    ASSERT_EQ(Spelled(once, rules, kMemory), once) << value;
    const bool is_understood = Understood(value, rules, kMemory).has_value();
    ASSERT_EQ(Understood(once, rules, kMemory).has_value(), is_understood) << value;
  }
}

// Runs of one digit and rising ones, which are filler when nothing else is there, behind all that
// may come before a number.
TEST(Normalise, TwiceIsOnceForFiller) {
  const char* countries[] = {"CN", "US", "GB", "RU", "IT", "DE", "HK", "XX"};
  for (const std::string before :
       {"", "+", "00", "0", "1", "+1", "+86", "7", "8", "(0)", "+44 (0)"}) {
    for (const std::string run : {"000000000000000", "111111111111111", "777777777777777",
                                  "999999999999999", "123456789012345", "234567890123456"}) {
      for (std::size_t n = 6; n <= run.size(); ++n) {
        for (const char* country : countries) {
          const SpellingRules rules{Normaliser::kPhone, country, true};
          const auto once = Understood(before + run.substr(0, n), rules, kMemory);
          if (!once) continue;
          EXPECT_EQ(Understood(*once, rules, kMemory), once) << before << run.substr(0, n);
        }
      }
    }
  }
}

}  // namespace
}  // namespace cdp::identity
