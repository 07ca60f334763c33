#include "core/identity/text_components.h"

#include <cstring>
#include <vector>

#include "core/base/stop.h"

namespace cdp::identity {

TextComponents::Hashed TextComponents::Keep(std::string_view text) {
  char* at = room_.data() + room_used_;
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  room_used_ += static_cast<std::uint32_t>(text.size());
  const std::uint32_t hash = TextTable::HashOf(text);
  table_.PrefetchSlot(hash);
  return {{at, text.size()}, hash};
}

void TextComponents::Settle() {
  const std::span links(pending_.data(), pending_count_);
  pending_count_ = 0;
  room_used_ = 0;
  for (const auto& [a, b] : links) {
    table_.PrefetchRecord(a.hash);
    table_.PrefetchRecord(b.hash);
  }
  for (const auto& [a, b] : links) Join(a, b);
}

void TextComponents::Merge(std::span<const std::byte> payload) {
  StopTicker ticker;
  if (TextFormOf(payload) == ComponentsForm::kBuild) {
    TextBuildView links(payload);
    for (TextLink link; links.Next(&link); ticker.Step()) Add(link.a, link.b);
    return;
  }
  Settle();
  const TextImageView image(payload);
  // A component's smallest text comes before the others, so its place is known when they ask.
  std::pmr::vector<std::uint32_t> places(table_.memory());
  places.reserve(image.nodes());
  auto cursor = image.begin();
  std::string_view text;
  std::uint32_t component = 0;
  while (cursor.Next(&text, &component)) {
    ticker.Step();
    places.push_back(table_.Place(text));
    unions_ += table_.Unite(places.back(), places[component]);
  }
}

std::size_t TextComponents::FlatSize() {
  Freeze();
  std::size_t size =
      kImageHeaderBytes + (nodes() + kTextBlock - 1) / kTextBlock * sizeof(std::uint32_t);
  StopTicker ticker;
  for (std::size_t i = 0; i < table_.size(); ++i) {
    ticker.Step();
    const std::size_t bytes = table_.Text(table_.Sorted(i)).size();
    size += VarintBytes(bytes) + bytes + VarintBytes(i - table_.First(i));
  }
  return size;
}

void TextComponents::FlattenInto(std::byte* out) {
  Freeze();
  out = WriteRaw(out, static_cast<std::uint32_t>(ComponentsForm::kImage));
  out = WriteRaw(out, nodes());
  std::byte* directory = WriteRaw(out, components());
  std::byte* const blocks =
      directory + (nodes() + kTextBlock - 1) / kTextBlock * sizeof(std::uint32_t);
  std::byte* at = blocks;
  StopTicker ticker;
  for (std::size_t i = 0; i < table_.size(); ++i) {
    ticker.Step();
    if (i % kTextBlock == 0)
      directory = WriteRaw(directory, static_cast<std::uint32_t>(at - blocks));
    const std::string_view text = table_.Text(table_.Sorted(i));
    at = WriteVarint(at, text.size());
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    at = WriteVarint(at + text.size(), i - table_.First(i));
  }
}

}  // namespace cdp::identity
