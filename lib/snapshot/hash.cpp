#include "snapshot/hash.hpp"

#include <algorithm>

#include "base/sha256.hpp"

namespace deskloom::snapshot {
namespace {

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Hash sha256(ByteView data, ByteView more) { return {base::sha256(data, more)}; }

std::optional<Bytes> parse_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = nibble(hex[i]);
    const int low = nibble(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::byte>((high << 4) | low));
  }
  return bytes;
}

std::string to_hex(const Hash& hash) { return hex_of(hash.bytes); }

Hash parse_hash(std::string_view hex, const std::string& origin) {
  Hash hash;
  const auto bytes = hex.size() == 2 * hash.bytes.size() ? parse_hex(hex) : std::nullopt;
  if (!bytes) throw base::Error(base::ErrorKind::corrupt, origin + ": not an object id");
  std::ranges::copy(*bytes, hash.bytes.begin());
  return hash;
}

}  // namespace deskloom::snapshot
