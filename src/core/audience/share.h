/// Dividing people by lot, so that everybody always draws the same.
#pragma once

#include <cstdint>
#include <string_view>

namespace cdp::audience {

/// Gives everybody a number from 0 to before 1, evenly spread and independent from salt to salt. It
/// never changes: who was held out once stays held out.
class Lottery {
 public:
  explicit Lottery(std::string_view salt) {
    // FNV-1a
    for (const char c : salt) seed_ = (seed_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }

  double Share(std::uint32_t id) const {
    // The finalizer of SplitMix64 over salt and id.
    std::uint64_t hash = seed_ + 0x9e3779b97f4a7c15u * (std::uint64_t{id} + 1);
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    hash ^= hash >> 31;
    return static_cast<double>(hash >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t seed_ = 0xcbf29ce484222325u;
};

}  // namespace cdp::audience
