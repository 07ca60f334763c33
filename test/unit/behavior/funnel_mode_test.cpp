#include "core/behavior/funnel_mode.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/error.h"

namespace cdp::behavior {
namespace {

std::string MessageOf(std::string_view text) {
  try {
    ParseFunnelMode(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(error.hint().find("strict_order"), std::string::npos);
    return error.what();
  }
  return "no error";
}

TEST(FunnelMode, EveryDialectIsRead) {
  const FunnelMode plain;
  const FunnelMode order{.order = true};
  const FunnelMode deduplicate{.deduplicate = true};
  const FunnelMode increase{.increase = true};
  for (const char* word : {"default", "0", " Default\t"}) EXPECT_EQ(ParseFunnelMode(word), plain);
  for (const char* word : {"strict_order", "fixed", "2"}) EXPECT_EQ(ParseFunnelMode(word), order);
  for (const char* word : {"strict_deduplication", "deduplication", "1"}) {
    EXPECT_EQ(ParseFunnelMode(word), deduplicate);
  }
  for (const char* word : {"strict_increase", "increase", "4"}) {
    EXPECT_EQ(ParseFunnelMode(word), increase);
  }
}

TEST(FunnelMode, ABytePacksIt) {
  int modes = 0;
  for (int byte = 0; byte < 256; ++byte) {
    try {
      ASSERT_EQ(PackFunnelMode(UnpackFunnelMode(static_cast<std::uint8_t>(byte))), byte);
      ++modes;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    }
  }
  EXPECT_EQ(modes, 24);
}

TEST(FunnelMode, WordsAddUp) {
  const FunnelMode all{true, true, true};
  EXPECT_EQ(ParseFunnelMode("strict_order, STRICT_INCREASE ,deduplication"), all);
  EXPECT_EQ(ParseFunnelMode("7"), all);
  EXPECT_EQ(ParseFunnelMode("3,increase"), all);
  EXPECT_EQ(ParseFunnelMode("fixed,fixed"), FunnelMode{.order = true});
  EXPECT_EQ(ParseFunnelMode("allow_reentry,strict_once,fixed"),
            (FunnelMode{.order = true, .once = true, .reentry = true}));
}

TEST(FunnelMode, RefusesWhatDoesNotExist) {
  EXPECT_EQ(MessageOf("strict"), "funnel mode \"strict\" does not exist");
  EXPECT_EQ(MessageOf("Keep_All"), "funnel mode \"keep_all\" does not exist");
  EXPECT_EQ(MessageOf(""), "funnel mode \"\" does not exist");
  EXPECT_EQ(MessageOf("strict_order,"), "funnel mode \"\" does not exist");
  EXPECT_EQ(MessageOf("8"), "funnel mode \"8\" does not exist");
  EXPECT_EQ(MessageOf("default,fixed"), "funnel mode \"default\" cannot be combined with another");
  EXPECT_THROW(ParseFunnelMode("allow_reentry"), Error);
  EXPECT_THROW(ParseFunnelMode("strict_once,allow_reentry"), Error);
}

}  // namespace
}  // namespace cdp::behavior
