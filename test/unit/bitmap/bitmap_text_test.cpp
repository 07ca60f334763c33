#include "core/bitmap/bitmap_text.h"

#include <gtest/gtest.h>

#include "core/bitmap/bitmap_writer.h"
#include "oracle/bitmap.h"

namespace cdp::bitmap {
namespace {

oracle::Values Parse(std::string_view text) {
  const auto values = ParseArrayText(text, std::pmr::new_delete_resource());
  return oracle::Values(values.begin(), values.end());
}

std::string Format(const oracle::Set& set) {
  const auto bytes = oracle::Portable(set);
  const BitmapView view(bytes);
  std::string text(MaxArrayText(view), '?');
  text.resize(static_cast<std::size_t>(WriteArrayText(view, text.data()) - text.data()));
  return text;
}

void ExpectError(std::string_view text, ErrorCode code, const std::string& message) {
  try {
    Parse(text);
    FAIL() << text << " is not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << text;
    EXPECT_EQ(error.what(), message) << text;
  }
}

TEST(BitmapText, SpacesMayStandAnywhereBetween) {
  EXPECT_EQ(Parse("{}"), oracle::Values{});
  EXPECT_EQ(Parse(" \t\n{ }\v\f\r "), oracle::Values{});
  EXPECT_EQ(Parse(" { 1 ,+2,\n003 , -1 } "), (oracle::Values{1, 2, 3, 0xffffffff}));
}

TEST(BitmapText, AllOfInt4IsIn) {
  EXPECT_EQ(Parse("{2147483647,-2147483648,0,-0}"), (oracle::Values{0x7fffffff, 0x80000000, 0, 0}));
}

TEST(BitmapText, WhatIsNoListIsMalformed) {
  for (const char* text : {"", " ", "1", "{", "{ ", "}", "{1", "{1,", "{1,2, ", "{1 2}", "{1}x",
                           "{}{}", "{1;2}", "x{1}", "{1}}", "{1.5}", "{0x1}"}) {
    ExpectError(text, ErrorCode::kInvalidArgument, "malformed bitmap literal");
  }
}

TEST(BitmapText, ABadElementIsShownWithTheRest) {
  ExpectError("{1,}", ErrorCode::kInvalidText, "invalid input syntax for integer: \"}\"");
  ExpectError("{-x}", ErrorCode::kInvalidText, "invalid input syntax for integer: \"-x}\"");
  ExpectError("{,}", ErrorCode::kInvalidText, "invalid input syntax for integer: \",}\"");
  ExpectError("{1, a,2}", ErrorCode::kInvalidText, "invalid input syntax for integer: \"a,2}\"");
  ExpectError("{- 1}", ErrorCode::kInvalidText, "invalid input syntax for integer: \"- 1}\"");
  ExpectError("{-", ErrorCode::kInvalidText, "invalid input syntax for integer: \"-\"");
}

TEST(BitmapText, WhatDoesNotFitIsOutOfRange) {
  for (const char* element : {"2147483648", "-2147483649", "99999999999999999999999999999"}) {
    const std::string rest = std::string(element) + "}";
    ExpectError("{1," + rest, ErrorCode::kOutOfRange,
                "value \"" + rest + "\" is out of range for type integer");
  }
}

TEST(BitmapText, IsWrittenInUnsignedOrderAndSigned) {
  EXPECT_EQ(Format({}), "{}");
  EXPECT_EQ(Format({555555, 2, 0xffffffff, 0xfffffffc}), "{2,555555,-4,-1}");
  EXPECT_EQ(Format({0x80000000}), "{-2147483648}");
}

TEST(BitmapText, WhatIsWrittenReadsBack) {
  std::mt19937_64 rng(31);
  for (int round = 0; round < 20; ++round) {
    const oracle::Set set = oracle::RandomSet(rng);
    ASSERT_EQ(Parse(Format(set)), oracle::Values(set.begin(), set.end())) << "round " << round;
  }
}

}  // namespace
}  // namespace cdp::bitmap
