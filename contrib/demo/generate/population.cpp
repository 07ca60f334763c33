#include "population.h"

#include <algorithm>

namespace cdp::demo {
namespace {

// Percent of the people who can be met in a channel, and of those, whose identifier there gets
// linked with the rest of the person.
constexpr std::array<int, kChannels> kReach{22, 32, 46, 20, 28, 15, 10, 42, 26, 26};
constexpr std::array<int, kChannels> kJoined{92, 95, 96, 76, 80, 80, 84, 93, 92, 78};

class PersonBuilder {
 public:
  PersonBuilder(World& world, std::int32_t person, Role role)
      : world_(world), random_(world.random) {
    unit_.person = person;
    unit_.role = role;
    unit_.first.fill(kNoId);
    unit_.start_day = role == Role::kOrdinary ? random_.Between(0, 200) : random_.Between(0, 120);
    unit_.carries_placeholder = random_.PerMille(8);
  }

  std::vector<Unit> Build(Channel entry) {
    std::array<bool, kChannels> met{};
    ChooseChannels(met, entry);
    std::vector<Channel> strays;
    for (int c = 0; c < kChannels; ++c) {
      if (!met[c]) continue;
      const auto channel = static_cast<Channel>(c);
      const bool joined = IsNeeded(channel, entry) || random_.Percent(kJoined[c]);
      (joined ? unit_.channels : strays).push_back(channel);
    }
    if (unit_.channels.empty()) {
      unit_.channels.push_back(strays.back());
      strays.pop_back();
    }
    AddWechat();
    AddMember();
    AddPhone();
    JoinWechat();
    AddRarities();
    std::vector<Unit> units;
    units.push_back(std::move(unit_));
    for (Channel stray : strays) units.push_back(Stray(units[0], stray));
    return units;
  }

 private:
  bool IsNeeded(Channel channel, Channel entry) const {
    switch (unit_.role) {
      case Role::kCampaign:
        return channel == entry;
      case Role::kFamilyDevice:
        return channel == Channel::kApp;
      case Role::kRecycledPhone:
        return channel == Channel::kStore;
      default:
        return false;
    }
  }

  void ChooseChannels(std::array<bool, kChannels>& met, Channel entry) {
    const bool confused = unit_.role == Role::kFamilyDevice || unit_.role == Role::kRecycledPhone;
    std::size_t wanted = 1;
    if (unit_.role == Role::kCampaign) wanted = 3;
    if (unit_.role == Role::kLastDay || confused) wanted = 2;
    for (int c = 0; c < kChannels; ++c) {
      const int reach = confused ? kReach[c] / 3 : kReach[c];
      met[c] = IsNeeded(static_cast<Channel>(c), entry) || random_.Percent(reach);
    }
    while (static_cast<std::size_t>(std::count(met.begin(), met.end(), true)) < wanted) {
      met[random_.Weighted(kReach)] = true;
    }
  }

  bool In(Channel channel) const {
    return std::find(unit_.channels.begin(), unit_.channels.end(), channel) != unit_.channels.end();
  }

  Id Add(IdType type) {
    const Id id = world_.book.Add(type, unit_.person);
    unit_.ids.push_back(id);
    Id& first = unit_.first[static_cast<std::size_t>(type)];
    if (first == kNoId) first = id;
    if (type == IdType::kDevice) unit_.devices.push_back(id);
    if (type == IdType::kCookie) unit_.cookies.push_back(id);
    return id;
  }

  void Link(Id a, Id b, Source source) { unit_.links.push_back({a, b, source, true, false}); }
  void Link(IdType a, IdType b, Source source) { Link(unit_.Of(a), unit_.Of(b), source); }

  // One unionid per person: openids of the Official Account and the Mini Program come with it by
  // authorisation, the external user id of WeChat Work when staff adds the customer.
  void AddWechat() {
    const bool oa = In(Channel::kOa);
    const bool mini = In(Channel::kMiniProgram);
    const bool wecom = In(Channel::kWecom);
    if (!oa && !mini && !wecom) return;
    Add(IdType::kUnionid);
    if (oa) Link(Add(IdType::kOpenidOa), unit_.Of(IdType::kUnionid), Source::kWechatAuth);
    if (mini) Link(Add(IdType::kOpenidMp), unit_.Of(IdType::kUnionid), Source::kWechatAuth);
    if (wecom) Link(Add(IdType::kWecom), unit_.Of(IdType::kUnionid), Source::kStaffAdd);
  }

  int OneToThree() { return 1 + static_cast<int>(random_.Weighted(std::array{75, 20, 5})); }

  // App and web log in as a member.
  void AddMember() {
    const bool app = In(Channel::kApp);
    const bool web = In(Channel::kWeb);
    const bool enrolled =
        unit_.role == Role::kRecycledPhone || (unit_.channels.size() > 1 && random_.Percent(30));
    if (!app && !web && !enrolled) return;
    Add(IdType::kMember);
    for (int i = app ? OneToThree() : 0; i > 0; --i) {
      Link(Add(IdType::kDevice), unit_.Of(IdType::kMember), Source::kAppLogin);
    }
    for (int i = web ? OneToThree() : 0; i > 0; --i) {
      Link(Add(IdType::kCookie), unit_.Of(IdType::kMember), Source::kWebLogin);
    }
    if (web && random_.Percent(30)) {
      Link(Add(IdType::kEmail), unit_.Of(IdType::kMember), Source::kWebForm);
    }
  }

  // Marketplaces and tills know a phone number: a package card scanned, an order, a till receipt.
  void AddPhone() {
    static constexpr std::array<Channel, 4> kMarkets{Channel::kDouyin, Channel::kTmall,
                                                     Channel::kJd, Channel::kYouzan};
    const bool store = In(Channel::kStore);
    const bool market =
        std::any_of(kMarkets.begin(), kMarkets.end(), [this](Channel c) { return In(c); });
    const bool registered = unit_.Has(IdType::kMember) && random_.Percent(85);
    const bool granted = In(Channel::kMiniProgram) && random_.Percent(70);
    if (!store && !market && !registered && !granted && unit_.role != Role::kRecycledPhone) return;
    Add(IdType::kPhone);
    for (Channel channel : kMarkets) {
      if (!In(channel)) continue;
      Link(Add(DoorId(channel)), unit_.Of(IdType::kPhone),
           random_.Percent(50) ? Source::kPackageCard : Source::kOrder);
    }
    if (store) Link(Add(IdType::kPosCard), unit_.Of(IdType::kPhone), Source::kPosScan);
    if (unit_.Has(IdType::kMember)) {
      Link(IdType::kMember, IdType::kPhone, Source::kRegister);
      if (store && random_.Percent(60)) {
        Link(IdType::kMember, IdType::kPosCard, Source::kPosScan);
      }
    }
  }

  // The WeChat side meets the others by a phone granted in the Mini Program, else by a member who
  // binds WeChat to the account.
  void JoinWechat() {
    if (!unit_.Has(IdType::kUnionid)) return;
    const bool phone = unit_.Has(IdType::kPhone);
    const bool granted = phone && unit_.Has(IdType::kOpenidMp);
    if (granted) Link(IdType::kOpenidMp, IdType::kPhone, Source::kPhoneGrant);
    if (phone && !granted && !unit_.Has(IdType::kMember)) {
      Link(Add(IdType::kMember), unit_.Of(IdType::kPhone), Source::kRegister);
    }
    if (unit_.Has(IdType::kMember) && (!granted || random_.Percent(40))) {
      Link(IdType::kUnionid, IdType::kMember, Source::kWechatAuth);
    }
  }

  void AddRarities() {
    const bool member = unit_.Has(IdType::kMember);
    const bool phone = unit_.Has(IdType::kPhone);
    if (member && random_.Percent(4)) {
      Link(Add(IdType::kPhone), unit_.Of(IdType::kMember), Source::kImport);
    }
    if (member && In(Channel::kApp) && random_.Percent(25)) {
      Link(Add(IdType::kRegistered), unit_.Of(IdType::kMember), Source::kRegister);
      if (phone) Link(IdType::kRegistered, IdType::kPhone, Source::kRegister);
    }
    if (unit_.Has(IdType::kUnionid) && In(Channel::kApp) && random_.Percent(25)) {
      Link(Add(IdType::kOpenidApp), unit_.Of(IdType::kUnionid), Source::kWechatAuth);
    }
    if (phone && unit_.Has(IdType::kDevice) && random_.Percent(30)) {
      Link(IdType::kDevice, IdType::kPhone, Source::kAppLogin);
    }
    if (unit_.Has(IdType::kUnionid) && unit_.Has(IdType::kCookie) && random_.Percent(30)) {
      Link(IdType::kCookie, IdType::kUnionid, Source::kH5);
    }
    if (unit_.Has(IdType::kOpenidMp) && random_.Percent(12)) {
      Link(Add(IdType::kAnonymous), unit_.Of(IdType::kOpenidMp), Source::kSdk);
    }
  }

  // An identifier that was never linked with the person; some web visitors have two of them.
  Unit Stray(const Unit& main, Channel channel) {
    unit_ = Unit{};
    unit_.person = main.person;
    unit_.first.fill(kNoId);
    unit_.start_day = main.start_day;
    unit_.channels = {channel};
    Add(DoorId(channel));
    if (channel == Channel::kWeb && random_.Percent(30)) {
      Link(Add(IdType::kAnonymous), unit_.Of(IdType::kCookie), Source::kSdk);
    }
    return std::move(unit_);
  }

  World& world_;
  Random& random_;
  Unit unit_;
};

}  // namespace

Role RoleOf(std::int32_t person) {
  // A fixed share of every hundred people; the multiplier only mixes their order.
  const int place = person % 100 * 37 % 100;
  if (place < 15) return Role::kCampaign;
  if (place < 37) return Role::kCohort;
  if (place < 42) return Role::kLastDay;
  if (place == 42) return Role::kFamilyDevice;
  if (place == 43 && person / 100 % 2 == 0) return Role::kRecycledPhone;
  return Role::kOrdinary;
}

std::vector<Unit> InventPerson(World& world, std::int32_t person, Role role, Channel entry) {
  return PersonBuilder(world, person, role).Build(entry);
}

void WriteLinks(World& world, const Unit& unit) {
  Random& random = world.random;
  for (const Unit::Link& link : unit.links) {
    if (!link.in_file || (link.in_event && random.Percent(30))) continue;
    const int rows = 1 + static_cast<int>(random.Weighted(std::array{62, 22, 9, 4, 2, 1}));
    for (int i = 0; i < rows; ++i) {
      const bool turned = random.Percent(30);
      world.journal.AddLink({random.Between(unit.start_day * kDay, kAsOf - 1),
                             turned ? link.b : link.a, turned ? link.a : link.b, link.source});
    }
  }
}

}  // namespace cdp::demo
