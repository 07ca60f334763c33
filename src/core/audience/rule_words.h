/// Words that the text and the JSON of a rule have in common: operators, units, numbers, dates.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/audience/rule.h"

namespace cdp::audience {

/// "=", "between", "is not set" ...
std::string_view WordOf(Compare compare);
std::optional<Compare> CompareOf(std::string_view word);
/// Does the operator compare sizes, so that its operands are numbers or times?
bool IsOrder(Compare compare);

/// The singular: "day". UnitOf also knows plurals and short forms, in any case of letters.
std::string_view WordOf(Unit unit);
std::optional<Unit> UnitOf(std::string_view word);

std::string_view WordOf(Aggregate aggregate);
std::optional<Aggregate> AggregateOf(std::string_view word);

std::string_view WordOf(Kind kind);

/// "7 days"
void AppendDuration(std::string* out, Duration duration);
/// Digits as an amount of 1 to kMaxAmount.
std::optional<std::int32_t> AmountOf(std::string_view digits);

/// The shortest form of a decimal number without exponent; nothing when it is none.
std::optional<std::string> NumberOf(std::string_view text);
inline constexpr std::size_t kMaxDigits = 38;

/// A whole number that is not negative, as NumberOf writes it?
bool IsCount(std::string_view number);
/// What top may take: a count of at least 1, or a percentage above 0 and up to 100.
bool IsTop(std::string_view number, bool percent);

/// A date or timestamp of the years 1 to 9999 in its one form; nothing when it is none.
std::optional<std::string> TimeOf(std::string_view text);
/// Is it written as a date is, whether or not there is such a day?
bool IsTimeShaped(std::string_view text);
/// Is it a word that means a time wherever a time may stand?
bool IsMoment(std::string_view word);

/// Must the word be quoted to name an event or a property?
bool IsReserved(std::string_view word);
void AppendEventName(std::string* out, std::string_view name);

/// Writes what = and in compare with, which is quoted where it would read as a time.
void AppendText(std::string* out, std::string_view text);

}  // namespace cdp::audience
