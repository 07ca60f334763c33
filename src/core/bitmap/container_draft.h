/// A container in the making.
#pragma once

#include <array>

#include "core/bitmap/container_form.h"

namespace cdp::bitmap {

/// Takes values in ascending order and keeps them as intervals while those are few, else as bits.
/// At 24 KB it is made once and cleared between containers.
class ContainerDraft {
 public:
  void Clear() {
    intervals_ = 0;
    as_bits_ = false;
  }
  bool empty() const { return intervals_ == 0 && !as_bits_; }

  /// Appends the values from `first` to `last`; all so far must be smaller.
  void Append(std::uint32_t first, std::uint32_t last);
  /// Appends a container's values from `first` to `last`, each moved by `distance`; they stay
  /// within 0..65535.
  void Append(const Container& container, std::uint32_t first, std::uint32_t last,
              std::int32_t distance = 0);
  void Append(const Container& container) { Append(container, 0, 0xffff); }
  /// Adds all of a container's values, at any place.
  void Unite(const Container& container);
  /// Takes away what the container has not; false when nothing is left.
  bool Meet(const Container& container);
  /// Of the values from `first` to `last`, takes away those it has and adds those it has not.
  void Flip(std::uint32_t first, std::uint32_t last);

  /// Becomes two containers of any kinds together.
  void Combine(SetOperation operation, const Container& a, const Container& b);

  /// How it will be written: as runs where they are allowed and strictly smaller, else as the
  /// format demands.
  using Form = ContainerForm;
  Form Best(bool runs_allowed) const;
  /// Writes `form.bytes` bytes; a run container's begin with the number of runs.
  void Write(const Form& form, std::byte* out);

 private:
  template <class Body>
  void ForEachRunOfMine(Body body) const;
  void ToBits();
  void AppendBits(const Container& bitset, std::uint32_t first, std::uint32_t last,
                  std::int32_t distance);

  // With more intervals it holds more values than an array, and runs would not be smaller.
  static constexpr std::uint32_t kMaxIntervals = kMaxArrayValues;
  struct Interval {
    std::uint16_t first;
    std::uint16_t last;
  };

  std::uint32_t intervals_ = 0;
  bool as_bits_ = false;
  std::array<Interval, kMaxIntervals> interval_;
  Words words_;
};

}  // namespace cdp::bitmap
