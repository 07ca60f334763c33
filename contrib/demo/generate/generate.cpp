// Writes the rows of an invented retailer and the truths planted in them; see README.md.
#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include "campaign.h"
#include "check.h"
#include "identity_noise.h"
#include "last_day.h"
#include "loyalty.h"
#include "population.h"
#include "row_writer.h"
#include "shopper.h"
#include "world.h"

namespace cdp::demo {
namespace {

constexpr std::uint64_t kLeastPeople = 1000;
constexpr std::uint64_t kMostPeople = 1000000;

struct Options {
  std::uint64_t people = 100000;
  std::uint64_t seed = 42;
  std::string out;
  std::string check;
};

class Invention {
 public:
  explicit Invention(const Options& options)
      : options_(options),
        people_(static_cast<std::int32_t>(options.people)),
        world_(options.seed) {}

  void Run() {
    for (std::int32_t person = 1; person <= people_; ++person) AddPerson(person);
    confused_.Finish(world_);
    const NoiseCounts noise = AddSharedNoise(world_, people_, options_.seed);
    world_.journal.Sort();
    std::filesystem::create_directories(options_.out);
    const RowCounts rows = WriteRows(world_, options_.seed, options_.out);
    WriteTruths(world_, people_, options_.seed, noise, rows, options_.out);
    std::printf("%d people, %zu identifiers, %llu link rows, %llu event rows\n", people_,
                world_.book.size(), static_cast<unsigned long long>(rows.link_rows),
                static_cast<unsigned long long>(rows.event_rows));
  }

 private:
  void AddPerson(std::int32_t person) {
    const Role role = RoleOf(person);
    CampaignPlan plan{};
    if (role == Role::kCampaign) plan = PlanCampaign(world_.random, campaign_people_++);
    std::vector<Unit> units = InventPerson(world_, person, role, plan.entry);
    int identifiers = 0;
    for (Unit& unit : units) {
      identifiers += static_cast<int>(unit.ids.size());
      Shopper shopper(world_, unit);
      const bool main = &unit == &units.front();
      if (main) {
        Play(shopper, plan);
      } else {
        BrowseAsStranger(shopper);
      }
      WriteLinks(world_, unit);
      Close(unit, main);
    }
    world_.ledger.ClosePerson(identifiers);
  }

  void Play(Shopper& shopper, const CampaignPlan& plan) {
    const int start = shopper.unit().start_day;
    switch (shopper.unit().role) {
      case Role::kCampaign:
        PlayCampaign(shopper, plan);
        PlayOrders(shopper, start, kCampaignDay - 1);
        break;
      case Role::kCohort:
        PlayCohort(shopper, cohort_people_++);
        break;
      case Role::kLastDay:
        PlayRegistration(shopper);
        PlayLastDay(shopper, last_day_people_++);
        break;
      case Role::kOrdinary:
        PlayRegistration(shopper);
        PlayOrders(shopper, start, kLastDay - 1);
        break;
      case Role::kFamilyDevice:
      case Role::kRecycledPhone:
        PlayRegistration(shopper);
        break;
    }
    Browse(shopper);
  }

  void Close(const Unit& unit, bool main) {
    world_.ledger.totals().link_pairs += unit.links.size();
    const bool confused =
        main && (unit.role == Role::kFamilyDevice || unit.role == Role::kRecycledPhone);
    // With a hub besides, these would come near the fan-out limit.
    const bool full = unit.devices.size() > 2 || unit.cookies.size() > 2;
    if (confused || full || unit.carries_placeholder) {
      for (Id id : unit.ids) world_.book.KeepApart(id);
    }
    if (confused) {
      confused_.Close(world_, unit);
    } else {
      world_.ledger.CloseUnit(static_cast<int>(unit.ids.size()));
    }
  }

  const Options& options_;
  std::int32_t people_;
  World world_;
  ConfusedPairs confused_;
  int campaign_people_ = 0;
  int cohort_people_ = 0;
  int last_day_people_ = 0;
};

std::uint64_t Number(std::string_view option, std::string_view text) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) {
    throw std::invalid_argument("option " + std::string(option) + " needs a number, not \"" +
                                std::string(text) + "\"");
  }
  return value;
}

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc)
      throw std::invalid_argument("option " + std::string(name) + " needs a value");
    if (name == "--people") {
      options.people = Number(name, argv[i + 1]);
    } else if (name == "--seed") {
      options.seed = Number(name, argv[i + 1]);
    } else if (name == "--out") {
      options.out = argv[i + 1];
    } else if (name == "--check") {
      options.check = argv[i + 1];
    } else {
      throw std::invalid_argument("option \"" + std::string(name) + "\" does not exist");
    }
  }
  if (options.out.empty() && options.check.empty()) {
    throw std::invalid_argument("option --out or --check is missing");
  }
  if (options.people < kLeastPeople || options.people > kMostPeople) {
    throw std::invalid_argument("number of people must lie between 1000 and 1000000");
  }
  return options;
}

}  // namespace
}  // namespace cdp::demo

int main(int argc, char** argv) {
  using namespace cdp::demo;
  try {
    const Options options = Parse(argc, argv);
    if (!options.out.empty()) Invention(options).Run();
    return options.check.empty() || Check(options.check) ? 0 : 1;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr,
                 "generate: %s\n"
                 "usage: generate --people 100000 --seed 42 --out DIR   write rows and truths\n"
                 "       generate --check DIR                           count the truths again\n",
                 error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "generate: %s\n", error.what());
    return 2;
  }
}
