#include "base/sha256.hpp"

#include <openssl/evp.h>

#include "base/error.hpp"
#include "base/handle.hpp"

namespace deskloom::base {
namespace {

using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Digest = Handle<EVP_MD, EVP_MD_free>;

}  // namespace

Sha256 sha256(std::span<const std::byte> data, std::span<const std::byte> more) {
  // Fetched once per thread: EVP_sha256() would look the implementation up again at each call.
  thread_local const Digest digest(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const DigestContext context(EVP_MD_CTX_new());
  Sha256 hash;
  if (!digest || !context || EVP_DigestInit_ex2(context.get(), digest.get(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), data.data(), data.size()) != 1 ||
      EVP_DigestUpdate(context.get(), more.data(), more.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr) != 1) {
    throw Error(ErrorKind::failed, "cannot compute SHA-256 with OpenSSL");
  }
  return hash;
}

std::string hex_of(std::span<const std::byte> bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

}  // namespace deskloom::base
