#include "core/base/stop.h"

#include <gtest/gtest.h>

#include "core/base/time.h"

namespace cdp {
namespace {

struct Stopped {};

TEST(StopTicker, PollsOnceInManySteps) {
  static int polls = 0;
  stop_hook = [] { ++polls; };
  StopTicker ticker;
  for (int i = 0; i < (1 << 18); ++i) ticker.Step();
  EXPECT_EQ(polls, 4);
  ticker.Step(1 << 16);
  EXPECT_EQ(polls, 5);
  stop_hook = nullptr;
}

TEST(StopTicker, TheHookEndsALoopByThrowing) {
  stop_hook = [] { throw Stopped{}; };
  StopTicker ticker;
  EXPECT_THROW(
      for (;;) ticker.Step(), Stopped);
  stop_hook = nullptr;
  EXPECT_NO_THROW(CheckStop());
}

TEST(Elapsed, CoversTheWholeRange) {
  EXPECT_EQ(Elapsed(INT64_MIN, INT64_MAX), UINT64_MAX);
  EXPECT_EQ(Elapsed(-1, 1), 2u);
}

}  // namespace
}  // namespace cdp
