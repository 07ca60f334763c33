#include "core/behavior/funnel_mode.h"

#include <string>

#include "core/base/error.h"

namespace cdp::behavior {
namespace {

constexpr char kWords[] =
    "Modes are \"default\", or one or more of \"strict_order\" (also \"fixed\", \"2\"), "
    "\"strict_deduplication\" (\"deduplication\", \"1\"), \"strict_increase\" (\"increase\", "
    "\"4\"), "
    "\"strict_once\" and \"allow_reentry\", separated by commas; a number may be a sum.";

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Adds what the word means; false when it means nothing.
bool AddWord(const std::string& word, FunnelMode* mode) {
  if (word == "strict_order" || word == "fixed") {
    mode->order = true;
  } else if (word == "strict_deduplication" || word == "deduplication") {
    mode->deduplicate = true;
  } else if (word == "strict_increase" || word == "increase") {
    mode->increase = true;
  } else if (word == "strict_once") {
    mode->once = true;
  } else if (word == "allow_reentry") {
    mode->reentry = true;
  } else if (word.size() == 1 && word[0] >= '1' && word[0] <= '7') {
    const int bits = word[0] - '0';
    mode->deduplicate |= (bits & 1) != 0;
    mode->order |= (bits & 2) != 0;
    mode->increase |= (bits & 4) != 0;
  } else {
    return false;
  }
  return true;
}

}  // namespace

FunnelMode ParseFunnelMode(std::string_view text) {
  FunnelMode mode;
  bool plain = false;
  std::string_view rest = text;
  while (true) {
    const auto comma = rest.find(',');
    const std::string word = Lower(Trimmed(rest.substr(0, comma)));
    if (word == "default" || word == "0") {
      plain = true;
    } else if (!AddWord(word, &mode)) {
      throw Error(ErrorCode::kInvalidArgument, "funnel mode \"" + word + "\" does not exist", {},
                  kWords);
    }
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (plain && mode != FunnelMode{}) {
    throw Error(ErrorCode::kInvalidArgument,
                "funnel mode \"default\" cannot be combined with another", {}, kWords);
  }
  if (mode.reentry && !mode.order) {
    throw Error(ErrorCode::kInvalidArgument,
                "funnel mode \"allow_reentry\" needs \"strict_order\" beside it",
                "It says what strict_order passes over.");
  }
  return mode;
}

std::uint8_t PackFunnelMode(FunnelMode mode) {
  return static_cast<std::uint8_t>(mode.order | mode.deduplicate << 1 | mode.increase << 2 |
                                   mode.once << 3 | mode.reentry << 4);
}

FunnelMode UnpackFunnelMode(std::uint8_t byte) {
  const FunnelMode mode{(byte & 1) != 0, (byte & 2) != 0, (byte & 4) != 0, (byte & 8) != 0,
                        (byte & 16) != 0};
  if (byte >= 32 || (mode.reentry && !mode.order)) {
    throw Error(ErrorCode::kCorruptData, "funnel state is corrupt",
                "Its mode " + std::to_string(byte) + " does not exist.");
  }
  return mode;
}

}  // namespace cdp::behavior
