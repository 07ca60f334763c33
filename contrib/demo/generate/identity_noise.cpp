#include "identity_noise.h"

#include <algorithm>
#include <vector>

#include "seeded_random.h"

namespace cdp::demo {
namespace {

/// The identifiers of one type that may still be drawn into a hub, each once.
class Pool {
 public:
  Pool(const IdentifierBook& book, IdType type, Random& random) {
    for (Id id = 0; id < book.size(); ++id) {
      if (book.TypeOf(id) == type && book.PersonOf(id) != kNobody && !book.IsApart(id)) {
        ids_.push_back(id);
      }
    }
    random.Shuffle(ids_);
    room_ = static_cast<int>(ids_.size() / 6);
  }

  bool empty() const { return ids_.empty(); }
  Id Take() {
    const Id id = ids_.back();
    ids_.pop_back();
    return id;
  }
  /// So few that small data keep enough identifiers for all hubs.
  int Modest(int wanted) const { return std::min(wanted, room_); }

 private:
  std::vector<Id> ids_;
  int room_;
};

class NoiseMaker {
 public:
  NoiseMaker(World& world, std::int32_t people, std::uint64_t seed)
      : world_(world),
        people_(people),
        random_(seed, 1),
        members_(world.book, IdType::kMember, random_),
        phones_(world.book, IdType::kPhone, random_),
        taobao_(world.book, IdType::kTaobao, random_),
        openids_oa_(world.book, IdType::kOpenidOa, random_),
        openids_mp_(world.book, IdType::kOpenidMp, random_),
        cookies_(world.book, IdType::kCookie, random_) {}

  NoiseCounts Make() {
    MakeTablets();
    MakeResellers();
    MakePlaceholders();
    MakeIdleLinks();
    MakeBadEvents();
    return counts_;
  }

 private:
  int Scaled(int per_people, int least) const { return std::max(least, people_ / per_people); }

  // Links the hub with so many identifiers of the pool.
  void Hub(Id hub, Pool& pool, int links, Source source) {
    for (; links > 0 && !pool.empty(); --links) {
      const Id id = pool.Take();
      ++world_.ledger.totals().link_pairs;
      for (int rows = random_.Between(1, 2); rows > 0; --rows) {
        world_.journal.AddLink({random_.Between(0, kAsOf - 1), hub, id, source});
      }
    }
  }

  void Idle(Id id, Channel channel) {
    const auto action = random_.Percent(50) ? Action::kOpen : Action::kPageView;
    world_.journal.Add(
        {random_.Between(0, kAsOf - 1), id, 0, 0, kNoItem, action, channel, Fault::kNone});
    ++counts_.events_without_person;
  }

  void MakeTablets() {
    for (int i = Scaled(2500, 1); i > 0; --i) {
      const Id tablet = world_.book.Add(IdType::kDevice, kNobody);
      ++world_.ledger.totals().identifiers_shared;
      // Most shops are small.
      const int customers =
          random_.Percent(70) ? random_.Between(50, 110) : random_.Between(110, 300);
      Hub(tablet, members_, std::max(50, members_.Modest(customers)), Source::kAppLogin);
      for (int n = random_.Between(10, 40); n > 0; --n) Idle(tablet, Channel::kStore);
    }
  }

  // Buyers for others: many marketplace accounts and several memberships under one phone.
  void MakeResellers() {
    for (int i = Scaled(25000, 2); i > 0; --i) {
      const Id phone = world_.book.Add(IdType::kPhone, kNobody);
      ++world_.ledger.totals().identifiers_shared;
      Hub(phone, taobao_, taobao_.Modest(random_.Between(24, 60)), Source::kOrder);
      Hub(phone, members_, random_.Between(5, 12), Source::kRegister);
    }
  }

  void MakePlaceholders() {
    world_.ledger.totals().identifiers_blocked = Placeholders().size();
    for (std::size_t i = 0; i < Placeholders().size(); ++i) {
      const Id id = static_cast<Id>(i);
      switch (Placeholders()[i].type) {
        case IdType::kPhone:
          Hub(id, members_, Scaled(400, 5), Source::kImport);
          Hub(id, taobao_, Scaled(600, 3), Source::kOrder);
          Hub(id, openids_mp_, Scaled(600, 3), Source::kPhoneGrant);
          for (int n = Scaled(2000, 2); n > 0; --n) Idle(id, Channel::kStore);
          break;
        case IdType::kDevice:
          Hub(id, members_, Scaled(120, 8), Source::kAppLogin);
          Hub(id, phones_, Scaled(250, 5), Source::kAppLogin);
          for (int n = Scaled(400, 5); n > 0; --n) Idle(id, Channel::kApp);
          break;
        case IdType::kEmail:
          Hub(id, members_, Scaled(300, 5), Source::kWebForm);
          break;
        case IdType::kCookie:
          Hub(id, members_, Scaled(300, 5), Source::kWebLogin);
          for (int n = Scaled(1000, 3); n > 0; --n) Idle(id, Channel::kWeb);
          break;
        case IdType::kUnionid:
          Hub(id, openids_oa_, Scaled(500, 5), Source::kWechatAuth);
          break;
        case IdType::kAnonymous:
          Hub(id, cookies_, Scaled(500, 5), Source::kSdk);
          break;
        default:
          Hub(id, phones_, Scaled(500, 5), Source::kImport);
          break;
      }
    }
  }

  // Rows that link nothing: an identifier with itself, or with a value that is missing.
  void MakeIdleLinks() {
    const auto idle = [this](bool self) {
      const Id id = AnyPersonsId();
      world_.journal.AddLink(
          {random_.Between(0, kAsOf - 1), id, self ? id : kNoId, Source::kImport});
    };
    counts_.link_self_rows = static_cast<std::uint64_t>(Scaled(1500, 4));
    counts_.link_bad_rows = static_cast<std::uint64_t>(4 + people_ / 10000);
    for (std::uint64_t i = counts_.link_self_rows; i > 0; --i) idle(true);
    for (std::uint64_t i = counts_.link_bad_rows; i > 0; --i) idle(false);
  }

  Id AnyPersonsId() {
    for (;;) {
      const Id id = random_.Below(static_cast<std::uint32_t>(world_.book.size()));
      if (world_.book.PersonOf(id) != kNobody) return id;
    }
  }

  // Copies of rows that a truth depends on, so that a loader which lets one in counts wrong.
  void MakeBadEvents() {
    const auto good = static_cast<std::uint32_t>(world_.journal.events().size());
    for (int f = 1; f < kFaults; ++f) {
      const int rows = 9 - 2 * f + people_ / 10000;
      counts_.bad_events[static_cast<std::size_t>(f)] = static_cast<std::uint64_t>(rows);
      for (int i = 0; i < rows; ++i) {
        Event event;
        do {
          event = world_.journal.events()[random_.Below(good)];
        } while (static_cast<int>(event.action) >= kSteps || event.action == Action::kViewItem);
        event.extras = 0;
        event.fault = static_cast<Fault>(f);
        world_.journal.Add(event);
      }
    }
  }

  World& world_;
  std::int32_t people_;
  Random random_;
  Pool members_, phones_, taobao_, openids_oa_, openids_mp_, cookies_;
  NoiseCounts counts_;
};

}  // namespace

void ConfusedPairs::Close(World& world, const Unit& unit) {
  const int identifiers = static_cast<int>(unit.ids.size());
  if (!waiting_) {
    const bool family = unit.role == Role::kFamilyDevice;
    waiting_ = Waiting{unit.Of(family ? IdType::kDevice : IdType::kPhone),
                       family ? Source::kAppLogin : Source::kRegister, unit.start_day};
    world.ledger.HoldUnit(identifiers);
    return;
  }
  const int from = std::max(waiting_->start_day, unit.start_day) * kDay;
  ++world.ledger.totals().link_pairs;
  for (int rows = world.random.Between(1, 3); rows > 0; --rows) {
    world.journal.AddLink({world.random.Between(from, kAsOf - 1), waiting_->id,
                           unit.Of(IdType::kMember), waiting_->source});
  }
  world.ledger.JoinHeldUnit(identifiers);
  waiting_.reset();
}

void ConfusedPairs::Finish(World& world) {
  world.ledger.ReleaseHeldUnit();
  waiting_.reset();
}

NoiseCounts AddSharedNoise(World& world, std::int32_t people, std::uint64_t seed) {
  return NoiseMaker(world, people, seed).Make();
}

}  // namespace cdp::demo
