#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary.h"

namespace cdp::demo {

/// A number in the IdentifierBook.
using Id = std::uint32_t;
constexpr Id kNoId = 0xffffffffU;

/// The person of identifiers that belong to nobody: placeholders, store tablets, reseller phones.
constexpr std::int32_t kNobody = -1;

/// Values that systems write when they have none; the generator links them with many people.
struct Placeholder {
  IdType type;
  std::string_view value;
};
const std::vector<Placeholder>& Placeholders();

/// Every identifier of the data with its true person. The value is a function of the seed and the
/// number, hence never stored; two identifiers never have the same type and value.
class IdentifierBook {
 public:
  explicit IdentifierBook(std::uint64_t seed);

  Id Add(IdType type, std::int32_t person);
  /// Adds the placeholder of this position in Placeholders(), person kNobody.
  Id AddPlaceholder(std::size_t position);

  /// Keeps the identifier out of the shared-value noise that is added at the end.
  void KeepApart(Id id) { entries_[id].apart = true; }
  bool IsApart(Id id) const { return entries_[id].apart; }

  IdType TypeOf(Id id) const { return entries_[id].type; }
  std::int32_t PersonOf(Id id) const { return entries_[id].person; }
  std::size_t size() const { return entries_.size(); }

  void AppendValue(std::string& out, Id id) const;

 private:
  struct Entry {
    std::int32_t person;
    IdType type;
    std::uint8_t placeholder;  // position + 1, or 0
    bool apart;
  };

  std::uint64_t salt_;
  std::vector<Entry> entries_;
};

}  // namespace cdp::demo
