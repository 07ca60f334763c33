#pragma once

#include <cstdint>
#include <string_view>

namespace cdp::demo {

enum class Channel : std::uint8_t {
  kWecom,
  kOa,
  kMiniProgram,
  kDouyin,
  kTmall,
  kJd,
  kYouzan,
  kApp,
  kStore,
  kWeb
};
constexpr int kChannels = 10;

/// The first six are the steps of the funnel, in order; the others never take part in a truth.
enum class Action : std::uint8_t {
  kFollow,
  kRegister,
  kViewItem,
  kAddToCart,
  kSubmitOrder,
  kPay,
  kOpen,
  kPageView,
  kSearch,
  kViewLive,
  kCouponReceive,
  kShare,
  kChat,
  kAdClick
};
constexpr int kSteps = 6;
constexpr int kActions = 14;

/// Strongest first, so that a smaller value is a stronger type.
enum class IdType : std::uint8_t {
  kMember,
  kRegistered,
  kUnionid,
  kPhone,
  kWecom,
  kOpenidMp,
  kOpenidOa,
  kOpenidApp,
  kTaobao,
  kJd,
  kDouyin,
  kYouzan,
  kPosCard,
  kEmail,
  kDevice,
  kCookie,
  kAnonymous
};
constexpr int kIdTypes = 17;

/// How two identifiers came to be seen together.
enum class Source : std::uint8_t {
  kWechatAuth,
  kPhoneGrant,
  kStaffAdd,
  kRegister,
  kAppLogin,
  kWebLogin,
  kPackageCard,
  kOrder,
  kPosScan,
  kWebForm,
  kH5,
  kSdk,
  kImport
};
constexpr int kSources = 13;

std::string_view Name(Channel channel);
std::string_view Name(Action action);
std::string_view Name(IdType type);
std::string_view Name(Source source);

/// The weight written with a link of this source.
std::string_view Weight(Source source);

/// The identifier that the platform of a channel gives to its visitors.
IdType DoorId(Channel channel);

}  // namespace cdp::demo
