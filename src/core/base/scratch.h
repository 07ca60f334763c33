/// Memory for what is needed for a moment.
#pragma once

#include <cstddef>
#include <memory_resource>

namespace cdp {

/// A few kilobytes on the stack, from which memory is taken without ever being given back; more of
/// it comes from another resource. For containers that live as long as the scratch and no longer.
class Scratch : public std::pmr::monotonic_buffer_resource {
 public:
  explicit Scratch(std::pmr::memory_resource* more)
      : monotonic_buffer_resource(room_, sizeof(room_), more) {}

 private:
  alignas(std::max_align_t) std::byte room_[4096];
};

}  // namespace cdp
