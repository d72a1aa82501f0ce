#include "snapshot/hash.hpp"

#include <openssl/evp.h>

#include <algorithm>

#include "base/handle.hpp"

namespace deskloom::snapshot {
namespace {

using DigestContext = base::Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Digest = base::Handle<EVP_MD, EVP_MD_free>;

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Hash sha256(ByteView data, ByteView more) {
  // Fetched once per thread: EVP_sha256() would look the implementation up again at each call.
  thread_local const Digest digest(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const DigestContext context(EVP_MD_CTX_new());
  Hash hash;
  if (!digest || !context || EVP_DigestInit_ex2(context.get(), digest.get(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), data.data(), data.size()) != 1 ||
      EVP_DigestUpdate(context.get(), more.data(), more.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(hash.bytes.data()), nullptr) != 1) {
    throw base::Error(base::ErrorKind::failed, "cannot compute SHA-256 with OpenSSL");
  }
  return hash;
}

std::string hex_of(ByteView bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

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
