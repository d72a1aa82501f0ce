#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/sha256.hpp"
#include "snapshot/bytes.hpp"

namespace deskloom::snapshot {

// The identity of stored content: SHA-256 of it, or HMAC-SHA-256 in a store that is encrypted (seal.hpp).
struct Hash {
  std::array<std::byte, 32> bytes{};
  auto operator<=>(const Hash&) const = default;
};

// A SHA-256 is as good a table key as any: its first word is taken as it is.
struct HashKey {
  std::size_t operator()(const Hash& hash) const {
    std::size_t word = 0;
    std::memcpy(&word, hash.bytes.data(), sizeof word);
    return word;
  }
};

Hash sha256(ByteView data, ByteView more = {});  // of both, one after the other
// Lower-case hexadecimal digits, and back; nullopt when it is anything else.
using base::hex_of;
std::optional<Bytes> parse_hex(std::string_view hex);
std::string to_hex(const Hash& hash);
// Throws Error(corrupt) naming origin when it is not 64 lower-case hexadecimal digits.
Hash parse_hash(std::string_view hex, const std::string& origin);

}  // namespace deskloom::snapshot
