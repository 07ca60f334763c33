#include "core/identity/landed_text.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

namespace cdp::identity {
namespace {

TEST(LandedText, TrimsWhatNobodySees) {
  EXPECT_EQ(Trim("  a b\t\n\v\f\r", false), "a b");
  EXPECT_EQ(Trim("", true), "");
  EXPECT_EQ(Trim(" \u3000\u00a0 \ufeff\u200b ", true), "");
  EXPECT_EQ(Trim("\u3000 x\u00a0y \u200b", true), "x\u00a0y");
  // Another encoding may mean something by these bytes.
  EXPECT_EQ(Trim("\u3000x", false), "\u3000x");
  EXPECT_EQ(Trim("\u754c", true), "\u754c");
  EXPECT_EQ(Trim("\xe3\x80", true), "\xe3\x80");
}

TEST(LandedText, LowerCaseIsOfAsciiOnly) {
  EXPECT_TRUE(IsLowerCase("phone_2\u00c4"));
  EXPECT_FALSE(IsLowerCase("phonE"));
  EXPECT_TRUE(IsLowerCase(""));
}

TEST(LandedText, PlainTimesAreReadAndOthersLeft) {
  EXPECT_EQ(PlainUtcSeconds("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(PlainUtcSeconds("2000-02-29 23:59:59Z"), 951868799);
  for (const char* other :
       {"", "2025-01-01", "2025-01-01T00:00:00", "2025-01-01T00:00:00z", "2025-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z",
        "2025-01-00T00:00:00Z", "2025-04-31T00:00:00Z", "2025-01-01T24:00:00Z",
        "2025-01-01T00:60:00Z", "2025-01-01T00:00:60Z", "1899-12-31T00:00:00Z",
        "2200-01-01T00:00:00Z", "2025-01-01T00:00:00+0", "2025-1 -01T00:00:00Z"}) {
    EXPECT_EQ(PlainUtcSeconds(other), std::nullopt) << other;
  }
}

TEST(LandedText, EveryDayOfThreeCenturies) {
  std::int64_t seconds = -2208988800 + 45296;
  for (int year = 1900; year < 2200; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= 31; ++day) {
        char text[64];
        std::snprintf(text, sizeof text, "%04d-%02d-%02dT12:34:56Z", year, month, day);
        std::tm date{};
        date.tm_year = year - 1900;
        date.tm_mon = month - 1;
        date.tm_mday = day;
        ::timegm(&date);
        if (date.tm_mday != day) {
          ASSERT_EQ(PlainUtcSeconds(text), std::nullopt) << text;
          continue;
        }
        ASSERT_EQ(PlainUtcSeconds(text), seconds) << text;
        seconds += 86400;
      }
    }
  }
}

TEST(LandedText, PlainFractionsAreReadAsTheServerReadsThem) {
  EXPECT_EQ(PlainFraction("0"), 0.0);
  EXPECT_EQ(PlainFraction("1"), 1.0);
  EXPECT_EQ(PlainFraction("1."), 1.0);
  for (const char* other : {"", ".5", "-0", "+1", "2", "1.1", "0.1e1", "00.5", " 1", "1 ", "0,5",
                            "nan", "0.1234567890", "0.5.5"}) {
    EXPECT_EQ(PlainFraction(other), std::nullopt) << other;
  }
  std::mt19937_64 rng(20250401);
  for (int round = 0; round < 20000; ++round) {
    std::string text = "0.";
    for (auto digits = rng() % 10; digits > 0; --digits) {
      text += static_cast<char>('0' + rng() % 10);
    }
    ASSERT_EQ(PlainFraction(text), std::strtod(text.c_str(), nullptr)) << text;
  }
}

}  // namespace
}  // namespace cdp::identity
