#include "core/behavior/timeline_attribution.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "core/base/stop.h"
#include "core/behavior/last_touch.h"

namespace cdp::behavior {
namespace {

using timeline::PropertyColumn;
using timeline::TimeReader;
using timeline::View;

constexpr struct {
  std::string_view word;
  AttributionModel model;
} kModels[] = {
    {"first", AttributionModel::kFirst},
    {"last", AttributionModel::kLast},
    {"last_non_direct", AttributionModel::kLastNonDirect},
    {"linear", AttributionModel::kLinear},
    {"position", AttributionModel::kPosition},
    {"time_decay", AttributionModel::kTimeDecay},
    {"participation", AttributionModel::kParticipation},
};

struct Touch {
  Micros at;
  std::size_t index;
};
struct Conversion {
  Micros at;
  std::size_t index;
  std::int64_t value;
};

/// The events that matter, in order.
struct Found {
  explicit Found(std::pmr::memory_resource* memory) : touches(memory), conversions(memory) {}
  std::pmr::vector<Touch> touches;
  std::pmr::vector<Conversion> conversions;
};

void Find(const View& view, const AttributionQuestion& question, Found* found) {
  timeline::WithCodes(view, [&](auto codes) {
    TimeReader times(view);
    timeline::ValueReader values(view);
    StopTicker ticker;
    Micros at[TimeReader::kRoom];
    timeline::ValueBlock block;
    std::size_t index = 0;
    while (const std::size_t n = times.Next(at)) {
      const std::size_t before = found->conversions.size();
      for (std::size_t i = 0; i < n; ++i) {
        const std::int32_t code = codes[index + i];
        if (question.touches->Has(code)) found->touches.push_back({at[i], index + i});
        if (question.targets->Has(code)) found->conversions.push_back({at[i], index + i, 0});
      }
      if (found->conversions.size() == before) {
        values.Skip(n);
      } else {
        values.Next(n, &block);
        for (std::size_t c = before; c < found->conversions.size(); ++c) {
          Conversion& conversion = found->conversions[c];
          conversion.value = block.value[conversion.index - index];
        }
      }
      index += n;
      ticker.Step(static_cast<std::uint32_t>(n));
    }
  });
}

/// Deals out the worth of conversions and calls give(credit) for each share.
template <class Give>
class Dealer {
 public:
  Dealer(const View& view, const AttributionQuestion& question, std::pmr::memory_resource* memory,
         Give give)
      : view_(view),
        question_(question),
        give_(give),
        weights_(memory),
        shares_(memory),
        order_(memory),
        seen_(memory) {
    if (question.property != 0) property_ = PropertyColumn(view, question.property);
  }

  /// `touches` may contain the conversion itself.
  void Deal(const Conversion& conversion, std::span<const Touch> touches) {
    const auto own = std::find_if(touches.rbegin(), touches.rend(), [&](const Touch& touch) {
      return touch.index == conversion.index || touch.at < conversion.at;
    });
    const bool has_own = own != touches.rend() && own->index == conversion.index;
    if (touches.size() == (has_own ? 1u : 0u)) {
      give_(Credit{conversion.at, false, 0, std::nullopt, conversion.value});
      return;
    }
    // Where the conversion is one of the touches, those behind it move up by one.
    skip_ = has_own ? static_cast<std::size_t>(touches.rend() - own) - 1 : touches.size();
    const std::size_t count = touches.size() - (has_own ? 1 : 0);
    const auto touch = [&](std::size_t i) { return touches[i < skip_ ? i : i + 1]; };
    switch (question_.model) {
      case AttributionModel::kFirst:
        return GiveTo(conversion, touch(0), conversion.value);
      case AttributionModel::kLast:
        return GiveTo(conversion, touch(count - 1), conversion.value);
      case AttributionModel::kLastNonDirect: {
        std::size_t last = count;
        while (last > 0 && IsDirect(touch(last - 1))) {
          --last;
          ticker_.Step();
        }
        return GiveTo(conversion, touch(last == 0 ? count - 1 : last - 1), conversion.value);
      }
      case AttributionModel::kParticipation:
        return GiveToEachKey(conversion, count, touch);
      default:
        break;
    }
    Weigh(count, touch);
    Divide(conversion.value);
    for (std::size_t i = 0; i < count; ++i) GiveTo(conversion, touch(i), shares_[i]);
    ticker_.Step(static_cast<std::uint32_t>(count));
  }

 private:
  std::optional<std::int32_t> KeyOf(const Touch& touch) const {
    if (question_.property == 0) return view_.CodeAt(touch.index);
    if (property_.empty()) return std::nullopt;
    return property_.At(touch.index);
  }

  bool IsDirect(const Touch& touch) const { return KeyOf(touch).value_or(0) == question_.direct; }

  void GiveTo(const Conversion& conversion, const Touch& touch, std::int64_t credit) {
    give_(Credit{conversion.at, true, touch.at, KeyOf(touch), credit});
  }

  template <class TouchAt>
  void GiveToEachKey(const Conversion& conversion, std::size_t count, TouchAt touch) {
    seen_.clear();
    for (std::size_t i = 0; i < count; ++i) seen_.push_back({KeyOf(touch(i)), i});
    ticker_.Step(static_cast<std::uint32_t>(count));
    // The last of each key, then these in order again.
    std::sort(seen_.begin(), seen_.end(), [](const Seen& a, const Seen& b) {
      return a.key != b.key ? a.key < b.key : a.index > b.index;
    });
    seen_.erase(std::unique(seen_.begin(), seen_.end(),
                            [](const Seen& a, const Seen& b) { return a.key == b.key; }),
                seen_.end());
    std::sort(seen_.begin(), seen_.end(),
              [](const Seen& a, const Seen& b) { return a.index < b.index; });
    for (const Seen& one : seen_) GiveTo(conversion, touch(one.index), conversion.value);
  }

  template <class TouchAt>
  void Weigh(std::size_t count, TouchAt touch) {
    weights_.assign(count, 1);
    if (question_.model == AttributionModel::kPosition && count > 2) {
      // 40 % for each end and 20 % for count - 2 between, in fifths of these.
      weights_.front() = weights_.back() = 2 * (count - 2);
    } else if (question_.model == AttributionModel::kTimeDecay) {
      const Micros last = touch(count - 1).at;
      for (std::size_t i = 0; i < count; ++i) {
        const double lives = static_cast<double>(Elapsed(touch(i).at, last)) /
                             static_cast<double>(question_.half_life);
        weights_[i] = static_cast<std::uint64_t>(std::floor(std::exp2(30 - lives)));
      }
    }
  }

  /// The value in shares as the weights are.
  void Divide(std::int64_t value) {
    using Wide = unsigned __int128;
    const std::size_t count = weights_.size();
    Wide sum = 0;
    for (const std::uint64_t weight : weights_) sum += weight;
    const std::uint64_t amount =
        value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : value;
    shares_.resize(count);
    order_.resize(count);
    std::uint64_t left = amount;
    for (std::size_t i = 0; i < count; ++i) {
      const Wide product = Wide{amount} * weights_[i];
      const auto share = static_cast<std::uint64_t>(product / sum);
      order_[i] = {static_cast<std::uint64_t>(product % sum), i};
      shares_[i] = static_cast<std::int64_t>(share);
      left -= share;
    }
    if (left != 0) {
      std::sort(order_.begin(), order_.end(), [](const Remainder& a, const Remainder& b) {
        return a.rest != b.rest ? a.rest > b.rest : a.index < b.index;
      });
      for (std::size_t i = 0; i < left; ++i) {
        auto& share = shares_[order_[i].index];
        share = static_cast<std::int64_t>(static_cast<std::uint64_t>(share) + 1);
      }
    }
    // Of the least number's amount only itself is too large for a positive share.
    if (value < 0) {
      for (auto& share : shares_) {
        share = static_cast<std::int64_t>(std::uint64_t{0} - static_cast<std::uint64_t>(share));
      }
    }
  }

  struct Remainder {
    std::uint64_t rest;
    std::size_t index;
  };
  struct Seen {
    std::optional<std::int32_t> key;
    std::size_t index;
  };

  const View& view_;
  const AttributionQuestion& question_;
  Give give_;
  PropertyColumn property_;
  StopTicker ticker_;
  std::size_t skip_ = 0;
  std::pmr::vector<std::uint64_t> weights_;
  std::pmr::vector<std::int64_t> shares_;
  std::pmr::vector<Remainder> order_;
  std::pmr::vector<Seen> seen_;
};

template <class Give>
void ForEachCredit(const View& view, const AttributionQuestion& question,
                   std::pmr::memory_resource* memory, Give give) {
  if (!question.targets->MayMeet(view.code_bits())) return;
  Found found(memory);
  Find(view, question, &found);
  if (found.conversions.empty()) return;
  Dealer<Give> dealer(view, question, memory, give);
  StopTicker ticker;
  std::size_t begin = 0;
  std::size_t end = 0;
  for (const Conversion& conversion : found.conversions) {
    while (end < found.touches.size() && found.touches[end].at <= conversion.at) ++end;
    while (begin < end && Elapsed(found.touches[begin].at, conversion.at) > question.window) {
      ++begin;
    }
    dealer.Deal(conversion, std::span(found.touches).subspan(begin, end - begin));
    ticker.Step();
  }
}

}  // namespace

AttributionModel ParseAttributionModel(std::string_view word) {
  for (const auto& known : kModels) {
    if (known.word == word) return known.model;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "unrecognized attribution model \"" + std::string(word) + "\"",
              "Models are first, last, last_non_direct, linear, position, time_decay and "
              "participation.");
}

void CheckAttribution(const AttributionQuestion& question) {
  if (question.property < 0 || question.property > timeline::kMaxProperties) {
    throw Error(ErrorCode::kInvalidArgument,
                "property " + std::to_string(question.property) + " is out of range",
                "Properties are numbered from 1 to " + std::to_string(timeline::kMaxProperties) +
                    "; 0 stands for the code.");
  }
  if (question.model == AttributionModel::kLastNonDirect && !question.direct) {
    throw Error(ErrorCode::kInvalidArgument,
                "attribution model \"last_non_direct\" needs the key of direct touches");
  }
  if (question.model == AttributionModel::kTimeDecay && question.half_life == 0) {
    throw Error(ErrorCode::kInvalidArgument, "half-life must be greater than zero");
  }
}

std::pmr::vector<Credit> CreditsOf(const View& view, const AttributionQuestion& question,
                                   std::pmr::memory_resource* memory) {
  std::pmr::vector<Credit> credits(memory);
  ForEachCredit(view, question, memory,
                [&credits](const Credit& credit) { credits.push_back(credit); });
  return credits;
}

void CountCredits(const View& view, const AttributionQuestion& question, TallyTable* tally,
                  std::pmr::memory_resource* memory) {
  if (!question.targets->MayMeet(view.code_bits())) return;
  if (question.model == AttributionModel::kLast &&
      CountLastTouches(view, question, tally, memory)) {
    return;
  }
  ForEachCredit(view, question, memory, [tally](const Credit& credit) {
    const auto kind = !credit.touched ? CreditKind::kUntouched
                      : !credit.key   ? CreditKind::kNoKey
                                      : CreditKind::kKey;
    AddCredit(kind, credit.key.value_or(0), credit.credit, tally);
  });
}

}  // namespace cdp::behavior
