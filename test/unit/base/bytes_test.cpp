#include "core/base/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace cdp {
namespace {

std::span<const std::byte> Bytes(const std::vector<unsigned char>& bytes) {
  return std::as_bytes(std::span(bytes));
}

std::string FailureOf(const auto& body) {
  try {
    body();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    return error.what();
  }
  return "no error";
}

TEST(Varint, EveryLengthComesBack) {
  for (int bits = 0; bits <= 64; ++bits) {
    for (const std::uint64_t value :
         {bits == 0 ? 0 : (~std::uint64_t{0} >> (64 - bits)), std::uint64_t{1} << (bits % 64)}) {
      std::array<std::byte, 10> buffer;
      std::byte* end = WriteVarint(buffer.data(), value);
      EXPECT_EQ(static_cast<std::size_t>(end - buffer.data()), VarintBytes(value));
      ByteReader reader({buffer.data(), end}, "value");
      EXPECT_EQ(reader.ReadVarint(), value);
      EXPECT_TRUE(reader.done());
    }
  }
}

TEST(Varint, TooManyBitsAreRefused) {
  // Ten bytes of which the last carries more than the 64th bit.
  const std::vector<unsigned char> bytes = {255, 255, 255, 255, 255, 255, 255, 255, 255, 2};
  EXPECT_EQ(FailureOf([&] { ByteReader(Bytes(bytes), "value").ReadVarint(); }),
            "value has an overlong integer");
  const std::vector<unsigned char> endless(11, 0x80);
  EXPECT_EQ(FailureOf([&] { ByteReader(Bytes(endless), "value").ReadVarint(); }),
            "value has an overlong integer");
}

TEST(ByteReader, NeverPassesTheEnd) {
  const std::vector<unsigned char> bytes = {1, 2, 3};
  ByteReader reader(Bytes(bytes), "value");
  EXPECT_EQ(reader.Read<std::uint16_t>(), 0x0201);
  EXPECT_EQ(FailureOf([&] { reader.Read<std::uint16_t>(); }), "value is truncated");
  EXPECT_EQ(reader.left(), 1u);
  EXPECT_EQ(reader.ReadSpan(1).size(), 1u);
  EXPECT_EQ(FailureOf([&] { reader.ReadVarint(); }), "value is truncated");
}

TEST(ByteReader, ACountIsMeasuredAgainstWhatIsLeft) {
  const std::vector<unsigned char> lie = {255, 255, 255, 255, 0, 0, 0, 0};
  EXPECT_EQ(FailureOf([&] { ByteReader(Bytes(lie), "value").ReadCount(1); }),
            "value is truncated");
  const std::vector<unsigned char> exact = {2, 0, 0, 0, 7, 7};
  EXPECT_EQ(ByteReader(Bytes(exact), "value").ReadCount(1), 2u);
  EXPECT_EQ(FailureOf([&] { ByteReader(Bytes(exact), "value").ReadCount(2); }),
            "value is truncated");
}

TEST(ByteReader, RandomBytesNeverEscape) {
  std::mt19937_64 rng(20261121);
  for (int round = 0; round < 20000; ++round) {
    std::vector<unsigned char> bytes(rng() % 24);
    for (auto& byte : bytes) byte = static_cast<unsigned char>(rng());
    ByteReader reader(Bytes(bytes), "value");
    try {
      while (!reader.done()) {
        switch (rng() % 4) {
          case 0:
            reader.Read<std::uint32_t>();
            break;
          case 1:
            reader.ReadVarint();
            break;
          case 2:
            reader.ReadSpan(rng() % 8);
            break;
          default:
            reader.ReadCount(3);
        }
      }
    } catch (const Error&) {
    }
    EXPECT_LE(reader.position(), Bytes(bytes).data() + bytes.size());
  }
}

}  // namespace
}  // namespace cdp
