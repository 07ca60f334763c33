#include <string>
#include <string_view>

#include "row_writer.h"
#include "text_file.h"

namespace cdp::demo {
namespace {

class FactFile {
 public:
  explicit FactFile(const std::string& path) : file_(path) {}
  void Add(std::string_view name, std::string_view value) {
    file_.Write(name);
    file_.Write("\t");
    file_.Write(value);
    file_.Write("\n");
  }
  void Add(std::string_view name, std::uint64_t value) { Add(name, std::to_string(value)); }
  void Close() { file_.Close(); }

 private:
  TextFile file_;
};

// part / whole, rounded to six decimals in whole numbers: the same digits everywhere.
std::string Ratio(std::uint64_t part, std::uint64_t whole) {
  const std::uint64_t millionths = whole == 0 ? 1000000 : (part * 1000000 + whole / 2) / whole;
  std::string digits = std::to_string(millionths % 1000000);
  return std::to_string(millionths / 1000000) + "." + std::string(6 - digits.size(), '0') + digits;
}

void WriteIdentifiers(const World& world, const std::string& path) {
  TextFile file(path);
  std::string row;
  for (Id id = 0; id < world.book.size(); ++id) {
    row = Name(world.book.TypeOf(id));
    row += '\t';
    world.book.AppendValue(row, id);
    row += '\t';
    row += std::to_string(world.book.PersonOf(id));
    row += '\n';
    file.Write(row);
  }
  file.Close();
}

void WriteFunnel(const Totals& totals, const std::string& path) {
  TextFile file(path);
  for (int c = 0; c < kChannels; ++c) {
    for (int step = 0; step < kSteps; ++step) {
      std::string row(Name(static_cast<Channel>(c)));
      row += '\t' + std::to_string(step + 1) + '\t';
      row += Name(static_cast<Action>(step));
      row += '\t' + std::to_string(totals.funnel[c][step]) + '\n';
      file.Write(row);
    }
  }
  file.Close();
}

void WriteCohort(const Totals& totals, const std::string& path) {
  TextFile file(path);
  for (int cohort = 0; cohort < kCohortWeeks; ++cohort) {
    for (int period = 0; period < kCohortPeriods; ++period) {
      file.Write(DateOf(kCohortFromDay + 7 * cohort) + '\t' + std::to_string(period) + '\t' +
                 std::to_string(totals.returned[cohort][period]) + '\n');
    }
  }
  file.Close();
}

// Definitions that a query needs, so that it names no date by hand.
void AddParameters(FactFile& facts, std::int32_t people, std::uint64_t seed) {
  facts.Add("seed", seed);
  facts.Add("people", static_cast<std::uint64_t>(people));
  facts.Add("data_from", TimeText(0));
  facts.Add("as_of", TimeText(kAsOf));
  facts.Add("last_day", DateOf(kLastDay));
  facts.Add("tag_from", TimeText(kTagFrom));
  facts.Add("tag_days", static_cast<std::uint64_t>(kTagDays));
  facts.Add("cart_window_minutes", static_cast<std::uint64_t>(kCartWindow / kMinute));
  facts.Add("funnel_from", TimeText(kCampaignFrom));
  facts.Add("funnel_to", TimeText(kAsOf));
  facts.Add("funnel_window_days", static_cast<std::uint64_t>(kFunnelWindow / kDay));
  facts.Add("cohort_from", DateOf(kCohortFromDay));
  facts.Add("cohort_to", DateOf(kCohortToDay));
}

void AddRowCounts(FactFile& facts, const NoiseCounts& noise, const RowCounts& rows) {
  std::uint64_t bad = 0;
  for (std::uint64_t n : noise.bad_events) bad += n;
  facts.Add("event_rows", rows.event_rows);
  facts.Add("event_good", rows.event_good);
  facts.Add("event_duplicate", rows.event_duplicates);
  facts.Add("event_bad", bad);
  facts.Add("event_bad_time", noise.bad_events[static_cast<int>(Fault::kTime)]);
  facts.Add("event_bad_id", noise.bad_events[static_cast<int>(Fault::kIdentifier)]);
  facts.Add("event_bad_name", noise.bad_events[static_cast<int>(Fault::kName)]);
  facts.Add("event_without_person", noise.events_without_person);
  facts.Add("link_rows", rows.link_rows);
  facts.Add("link_bad", noise.link_bad_rows);
  facts.Add("link_self", noise.link_self_rows);
}

void AddIdentity(FactFile& facts, const World& world) {
  const Totals& totals = world.ledger.totals();
  const std::uint64_t identifiers = world.book.size();
  facts.Add("link_pairs", totals.link_pairs);
  facts.Add("identifiers", identifiers);
  facts.Add("identifiers_blocked", totals.identifiers_blocked);
  facts.Add("identifiers_shared", totals.identifiers_shared);
  facts.Add("identifiers_active",
            identifiers - totals.identifiers_blocked - totals.identifiers_shared);
  facts.Add("persons_resolved", totals.persons_resolved);
  facts.Add("pairs_true", totals.pairs_true);
  facts.Add("pairs_resolved", totals.pairs_resolved);
  facts.Add("pairs_correct", totals.pairs_correct);
  facts.Add("precision", Ratio(totals.pairs_correct, totals.pairs_resolved));
  facts.Add("recall", Ratio(totals.pairs_correct, totals.pairs_true));
}

void AddBehavior(FactFile& facts, const Totals& totals) {
  constexpr std::string_view kFreq[] = {"order_freq_high", "order_freq_medium", "order_freq_low"};
  constexpr std::string_view kPower[] = {"pay_power_strong", "pay_power_medium", "pay_power_weak"};
  for (int i = 0; i < 3; ++i) facts.Add(kFreq[i], totals.order_freq[i]);
  for (int i = 0; i < 3; ++i) facts.Add(kPower[i], totals.pay_power[i]);
  constexpr std::string_view kRfm[] = {
      "general_win_back",   "general_develop",   "general_keep",   "general_value",
      "important_win_back", "important_develop", "important_keep", "important_value"};
  constexpr std::string_view kLifecycle[] = {"new", "active", "silent", "lapsed"};
  for (int i = 0; i < 8; ++i) facts.Add("rfm_" + std::string(kRfm[i]), totals.rfm[i]);
  for (int i = 0; i < 4; ++i) {
    facts.Add("lifecycle_" + std::string(kLifecycle[i]), totals.lifecycle[i]);
  }
  facts.Add("vip", totals.vip);
  facts.Add("vip_cents", totals.vip_cents);
  facts.Add("left_cart", totals.left_cart);
  facts.Add("flagship", totals.flagship);
  for (int c = 0; c < kChannels; ++c) {
    facts.Add("channel_people_" + std::string(Name(static_cast<Channel>(c))),
              totals.channel_people[c]);
  }
  for (int step = 0; step < kSteps; ++step) {
    std::uint64_t users = 0;
    for (const auto& channel : totals.funnel) users += channel[step];
    facts.Add("funnel_step_" + std::to_string(step + 1), users);
  }
  for (int cohort = 0; cohort < kCohortWeeks; ++cohort) {
    facts.Add("cohort_size_" + DateOf(kCohortFromDay + 7 * cohort), totals.cohort_size[cohort]);
  }
}

}  // namespace

void WriteTruths(const World& world, std::int32_t people, std::uint64_t seed,
                 const NoiseCounts& noise, const RowCounts& rows, const std::string& directory) {
  WriteIdentifiers(world, directory + "/truth_identifier.tsv");
  WriteFunnel(world.ledger.totals(), directory + "/truth_funnel.tsv");
  WriteCohort(world.ledger.totals(), directory + "/truth_cohort.tsv");
  FactFile facts(directory + "/truth_fact.tsv");
  AddParameters(facts, people, seed);
  AddRowCounts(facts, noise, rows);
  AddIdentity(facts, world);
  AddBehavior(facts, world.ledger.totals());
  facts.Close();
}

}  // namespace cdp::demo
