#include "row_writer.h"

#include <array>
#include <string_view>
#include <vector>

#include "text_file.h"

namespace cdp::demo {
namespace {

constexpr std::array<std::string_view, kCategories> kCategoryNames{
    "snacks", "skincare", "toys", "home", "sportswear", "shoes", "coffee_machines", "phones"};
constexpr std::array<std::string_view, 5> kNoTimes{"2025-02-30 10:00:00+08", "not a time",
                                                   "2025/13/45 99:99", "0000-00-00 00:00:00", ""};
constexpr std::array<std::string_view, 2> kMissing{"\\N", ""};

void AppendNumber(std::string& out, std::uint64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

class EventRows {
 public:
  EventRows(const World& world, std::uint64_t seed)
      : world_(world), salt_(Mix64(seed ^ 0x65766e74)), random_(seed, 2) {}

  RowCounts Write(const std::string& path) {
    TextFile file(path);
    for (const Event& event : world_.journal.events()) {
      row_.clear();
      AppendRow(event);
      file.Write(row_);
      ++counts_.event_rows;
      if (event.fault != Fault::kNone) continue;
      ++counts_.event_good;
      Retry(file);
    }
    file.Write(block_);
    file.Close();
    return counts_;
  }

 private:
  // Loaders send a row twice, or a whole block once more; bad rows are never sent twice, so that
  // their number in quarantine does not depend on how repeated rows are recognised.
  void Retry(TextFile& file) {
    if (block_left_ == 0 && random_.PerMille(1) && random_.Percent(30)) block_left_ = 50;
    if (block_left_ > 0) {
      block_ += row_;
      CountDuplicate();
      if (--block_left_ == 0) {
        file.Write(block_);
        block_.clear();
      }
    } else if (random_.PerMille(15)) {
      file.Write(row_);
      CountDuplicate();
    }
  }
  void CountDuplicate() {
    ++counts_.event_duplicates;
    ++counts_.event_rows;
  }

  void AppendRow(const Event& event) {
    const std::uint64_t number = Mix64(salt_ + serial_++);
    const Fault fault = event.fault;
    row_ += 'e';
    for (int shift = 60; shift >= 0; shift -= 4) row_ += "0123456789abcdef"[number >> shift & 15];
    row_ += '\t';
    if (fault == Fault::kTime) {
      row_ += kNoTimes[faults_++ % kNoTimes.size()];
    } else {
      AppendTime(row_, event.at);
    }
    row_ += '\t';
    row_ += fault == Fault::kName ? kMissing[faults_++ % kMissing.size()] : Name(event.action);
    row_ += '\t';
    row_ += Name(world_.book.TypeOf(event.id));
    row_ += '\t';
    if (fault == Fault::kIdentifier) {
      row_ += kMissing[faults_++ % kMissing.size()];
    } else {
      world_.book.AppendValue(row_, event.id);
    }
    row_ += '\t';
    row_ += Name(event.channel);
    row_ += '\t';
    AppendProps(event, number);
    row_ += '\t';
    AppendIdentities(event);
    row_ += '\n';
  }

  void AppendProps(const Event& event, std::uint64_t number) {
    const std::size_t before = row_.size();
    row_ += '{';
    const bool campaign = event.at >= kCampaignFrom && static_cast<int>(event.action) < kSteps;
    switch (event.action) {
      case Action::kFollow:
        AppendText(before, "\"scene\": \"qr", number % 40);
        break;
      case Action::kPageView:
        AppendText(before, "\"page\": \"p", number % 300);
        break;
      case Action::kViewLive:
        AppendText(before, "\"room\": \"L", number % 25);
        break;
      case Action::kSearch:
        row_ += "\"query\": \"";
        row_ += kCategoryNames[number % kCategories];
        row_ += '"';
        break;
      default:
        break;
    }
    if (event.item != kNoItem) {
      row_ += "\"item\": \"SKU";
      AppendNumber(row_, event.item, 4);
      row_ += "\", \"category\": \"";
      row_ += kCategoryNames[event.item % kCategories];
      row_ += '"';
    }
    if (event.cents > 0) {
      row_ += ", \"amount\": ";
      AppendNumber(row_, event.cents / 100, 1);
      row_ += '.';
      AppendNumber(row_, event.cents % 100, 2);
    }
    if (event.channel == Channel::kStore) AppendText(before, "\"store\": \"S", event.id % 60);
    if (campaign) {
      AppendComma(before);
      row_ += "\"campaign\": \"618\"";
    }
    if (row_.size() == before + 1) {
      row_.resize(before);
      row_ += "\\N";
    } else {
      row_ += '}';
    }
  }
  void AppendComma(std::size_t before) {
    if (row_.size() > before + 1) row_ += ", ";
  }
  void AppendText(std::size_t before, std::string_view start, std::uint64_t number) {
    AppendComma(before);
    row_ += start;
    AppendNumber(row_, number, 3);
    row_ += '"';
  }

  // {"phone": "a"} or {"phone": ["a", "b"], "unionid": "c"}; values of one type stand together.
  void AppendIdentities(const Event& event) {
    if (event.extras == 0) {
      row_ += "\\N";
      return;
    }
    std::vector<Id> ids = world_.journal.extras(event.extras).ids;
    char before = '{';
    for (int t = 0; t < kIdTypes; ++t) {
      std::vector<Id> same;
      for (Id id : ids) {
        if (world_.book.TypeOf(id) == static_cast<IdType>(t)) same.push_back(id);
      }
      if (same.empty()) continue;
      row_ += before;
      if (before == ',') row_ += ' ';
      before = ',';
      row_ += '"';
      row_ += Name(static_cast<IdType>(t));
      row_ += same.size() > 1 ? "\": [" : "\": ";
      for (std::size_t i = 0; i < same.size(); ++i) {
        row_ += i > 0 ? ", \"" : "\"";
        world_.book.AppendValue(row_, same[i]);
        row_ += '"';
      }
      if (same.size() > 1) row_ += ']';
    }
    row_ += '}';
  }

  const World& world_;
  std::uint64_t salt_;
  Random random_;
  std::uint64_t serial_ = 0;
  std::size_t faults_ = 0;
  std::string row_;
  std::string block_;
  int block_left_ = 0;
  RowCounts counts_;
};

std::uint64_t WriteLinkRows(const World& world, const std::string& path) {
  TextFile file(path);
  std::string row;
  std::uint64_t rows = 0;
  for (const LinkRow& link : world.journal.links()) {
    row = Name(link.source);
    for (Id id : {link.a, link.b}) {
      row += '\t';
      row += id == kNoId ? std::string_view("phone") : Name(world.book.TypeOf(id));
      row += '\t';
      if (id == kNoId) {
        row += kMissing[rows % kMissing.size()];
      } else {
        world.book.AppendValue(row, id);
      }
    }
    row += '\t';
    AppendTime(row, link.at);
    row += '\t';
    row += Weight(link.source);
    row += '\n';
    file.Write(row);
    ++rows;
  }
  file.Close();
  return rows;
}

}  // namespace

RowCounts WriteRows(const World& world, std::uint64_t seed, const std::string& directory) {
  RowCounts counts = EventRows(world, seed).Write(directory + "/events.tsv");
  counts.link_rows = WriteLinkRows(world, directory + "/links.tsv");
  return counts;
}

}  // namespace cdp::demo
