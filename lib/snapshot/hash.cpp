#include "snapshot/hash.hpp"

#include <openssl/evp.h>

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

Hash sha256(ByteView data) {
  // Fetched once per thread: EVP_sha256() would look the implementation up again at each call.
  thread_local const Digest digest(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const DigestContext context(EVP_MD_CTX_new());
  Hash hash;
  if (!digest || !context || EVP_DigestInit_ex2(context.get(), digest.get(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), data.data(), data.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(hash.bytes.data()), nullptr) != 1) {
    throw base::Error(base::ErrorKind::failed, "cannot compute SHA-256 with OpenSSL");
  }
  return hash;
}

std::string to_hex(const Hash& hash) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(hash.bytes.size() * 2);
  for (const std::byte b : hash.bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

Hash parse_hash(std::string_view hex, const std::string& origin) {
  Hash hash;
  bool valid = hex.size() == hash.bytes.size() * 2;
  for (std::size_t i = 0; valid && i < hash.bytes.size(); ++i) {
    const int high = nibble(hex[2 * i]);
    const int low = nibble(hex[2 * i + 1]);
    valid = high >= 0 && low >= 0;
    hash.bytes[i] = static_cast<std::byte>((high << 4) | low);
  }
  if (!valid) throw base::Error(base::ErrorKind::corrupt, origin + ": not an object id");
  return hash;
}

}  // namespace deskloom::snapshot
