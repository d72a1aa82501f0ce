#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace deskloom::snapshot {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

inline ByteView as_bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Appends little-endian integers and length-prefixed strings.
class ByteWriter {
 public:
  template <std::unsigned_integral T>
  ByteWriter& integer(T value) {
    std::array<std::byte, sizeof(T)> octets;  // first all of them: one store, not one for each
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      octets[i] = static_cast<std::byte>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xff);
    }
    return raw(octets);
  }
  ByteWriter& raw(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  // The caller has checked that it is shorter than 64 KiB.
  ByteWriter& text16(std::string_view text) {
    return integer(static_cast<std::uint16_t>(text.size())).raw(as_bytes(text));
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// Takes them back; Error(corrupt) naming origin when the bytes end too early.
class ByteReader {
 public:
  ByteReader(ByteView bytes, std::string origin) : bytes_(bytes), origin_(std::move(origin)) {}

  template <std::unsigned_integral T>
  T integer() {
    const ByteView part = raw(sizeof(T));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::to_integer<std::uint64_t>(part[i]) << (8 * i);
    return static_cast<T>(value);
  }
  ByteView raw(std::size_t size) {
    if (size > bytes_.size()) fail("ends too early");
    const ByteView part = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return part;
  }
  std::string text16() { return std::string(as_text(raw(integer<std::uint16_t>()))); }
  std::size_t left() const { return bytes_.size(); }
  [[noreturn]] void fail(const std::string& problem) const {
    throw base::Error(base::ErrorKind::corrupt, origin_ + ": " + problem, "run deskloom snapshot verify");
  }

 private:
  ByteView bytes_;
  std::string origin_;
};

}  // namespace deskloom::snapshot
