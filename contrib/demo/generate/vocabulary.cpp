#include "vocabulary.h"

#include <array>
#include <cstddef>

namespace cdp::demo {
namespace {

constexpr std::array<std::string_view, kChannels> kChannelNames{
    "wecom", "oa", "mini_program", "douyin", "tmall", "jd", "youzan", "app", "store", "web"};

constexpr std::array<std::string_view, kActions> kActionNames{
    "follow",    "register", "view_item", "add_to_cart",    "submit_order", "pay",  "open",
    "page_view", "search",   "view_live", "coupon_receive", "share",        "chat", "ad_click"};

constexpr std::array<std::string_view, kIdTypes> kTypeNames{
    "member_id", "registered_id", "unionid",    "phone",     "wecom_external_userid",
    "openid_mp", "openid_oa",     "openid_app", "taobao_id", "jd_id",
    "douyin_id", "youzan_id",     "pos_card",   "email",     "device_id",
    "cookie_id", "anonymous_id"};

constexpr std::array<std::string_view, kSources> kSourceNames{
    "wechat_auth", "phone_grant", "staff_add", "register", "app_login", "web_login", "package_card",
    "order_phone", "pos_scan",    "web_form",  "h5_visit", "sdk",       "crm_import"};

constexpr std::array<std::string_view, kSources> kWeights{"1.00", "1.00", "1.00", "1.00", "0.90",
                                                          "0.80", "0.90", "0.90", "0.95", "0.70",
                                                          "0.70", "0.60", "0.80"};

constexpr std::array<IdType, kChannels> kDoorIds{
    IdType::kWecom, IdType::kOpenidOa, IdType::kOpenidMp, IdType::kDouyin,  IdType::kTaobao,
    IdType::kJd,    IdType::kYouzan,   IdType::kDevice,   IdType::kPosCard, IdType::kCookie};

}  // namespace

std::string_view Name(Channel channel) { return kChannelNames[static_cast<std::size_t>(channel)]; }
std::string_view Name(Action action) { return kActionNames[static_cast<std::size_t>(action)]; }
std::string_view Name(IdType type) { return kTypeNames[static_cast<std::size_t>(type)]; }
std::string_view Name(Source source) { return kSourceNames[static_cast<std::size_t>(source)]; }
std::string_view Weight(Source source) { return kWeights[static_cast<std::size_t>(source)]; }
IdType DoorId(Channel channel) { return kDoorIds[static_cast<std::size_t>(channel)]; }

}  // namespace cdp::demo
