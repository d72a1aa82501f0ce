#include "snapshot/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "base/handle.hpp"

namespace deskloom::snapshot {
namespace {

using Cipher = base::Handle<EVP_CIPHER, EVP_CIPHER_free>;
using CipherContext = base::Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Kdf = base::Handle<EVP_KDF, EVP_KDF_free>;
using KdfContext = base::Handle<EVP_KDF_CTX, EVP_KDF_CTX_free>;

constexpr std::uint64_t scrypt_memory_limit_bytes = 512 << 20;

void expect(bool done, const char* what) {
  if (!done) throw base::Error(base::ErrorKind::failed, std::string("OpenSSL cannot ") + what);
}

const unsigned char* raw(ByteView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::span<std::byte> bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// Frames, keys and manifests are far below what an int holds.
int length_of(ByteView bytes) {
  expect(bytes.size() <= (1U << 30), "encrypt so much at once");
  return static_cast<int>(bytes.size());
}

const EVP_CIPHER* aes_256_gcm() {
  // Fetched once per thread: EVP_aes_256_gcm() would look the implementation up again at each call.
  thread_local const Cipher cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  expect(cipher != nullptr, "give AES-256-GCM");
  return cipher.get();
}

OSSL_PARAM octets(const char* name, ByteView bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::byte*>(bytes.data()), bytes.size());
}

}  // namespace

void wipe(std::span<std::byte> bytes) { OPENSSL_cleanse(bytes.data(), bytes.size()); }
void wipe(std::string& text) { OPENSSL_cleanse(text.data(), text.size()); }

void fill_random(std::span<std::byte> bytes) {
  expect(RAND_bytes(raw(bytes), length_of(bytes)) == 1, "give random numbers");
}

Bytes seal(ByteView key, ByteView plain, ByteView bound) {
  Bytes sealed(plain.size() + seal_overhead_bytes);
  const std::span all(sealed);
  fill_random(all.first(nonce_bytes));
  const CipherContext context(EVP_CIPHER_CTX_new());
  int n = 0;
  int end = 0;
  const bool done =
      context && EVP_EncryptInit_ex2(context.get(), aes_256_gcm(), raw(key), raw(all), nullptr) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &n, raw(bound), length_of(bound)) == 1 &&
      (plain.empty() || EVP_EncryptUpdate(context.get(), raw(all.subspan(nonce_bytes)), &n, raw(plain),
                                          length_of(plain)) == 1) &&
      EVP_EncryptFinal_ex(context.get(), raw(all.subspan(nonce_bytes + plain.size())), &end) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, raw(all.last(tag_bytes))) == 1;
  expect(done, "encrypt");
  return sealed;
}

std::optional<Bytes> unseal(ByteView key, ByteView sealed, ByteView bound) {
  if (sealed.size() < seal_overhead_bytes) return std::nullopt;
  Bytes tag(sealed.end() - tag_bytes, sealed.end());
  const ByteView nonce = sealed.first(nonce_bytes);
  const ByteView text = sealed.subspan(nonce_bytes, sealed.size() - seal_overhead_bytes);
  Bytes plain(text.size() + 1);  // room behind, so that there is always somewhere to write to
  const CipherContext context(EVP_CIPHER_CTX_new());
  int n = 0;
  int end = 0;
  const bool ready =
      context && EVP_DecryptInit_ex2(context.get(), aes_256_gcm(), raw(key), raw(nonce), nullptr) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &n, raw(bound), length_of(bound)) == 1 &&
      (text.empty() ||
       EVP_DecryptUpdate(context.get(), raw(std::span(plain)), &n, raw(text), length_of(text)) == 1) &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) == 1;
  expect(ready, "decrypt");
  if (EVP_DecryptFinal_ex(context.get(), raw(std::span(plain).subspan(text.size())), &end) != 1) {
    return std::nullopt;
  }
  plain.resize(text.size());
  return plain;
}

Secret derive(ByteView secret, ByteView salt, std::string_view purpose) {
  const Kdf kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const KdfContext context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  std::string digest = "SHA256";
  std::vector parameters{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
                         octets(OSSL_KDF_PARAM_KEY, secret), octets(OSSL_KDF_PARAM_INFO, as_bytes(purpose))};
  if (!salt.empty()) parameters.push_back(octets(OSSL_KDF_PARAM_SALT, salt));
  parameters.push_back(OSSL_PARAM_construct_end());
  Secret derived(key_bytes);
  expect(
      context && EVP_KDF_derive(context.get(), raw(derived.bytes()), derived.size(), parameters.data()) == 1,
      "derive a key");
  return derived;
}

Secret derive_slowly(ByteView passphrase, ByteView salt, const ScryptCost& cost) {
  const bool is_sane = cost.n >= 2 && cost.n <= (1U << 20) && cost.r >= 1 && cost.r <= 64 && cost.p >= 1 &&
                       cost.p <= 16 && cost.n * cost.r * 128 <= scrypt_memory_limit_bytes / 2;
  if (!is_sane) throw base::Error(base::ErrorKind::corrupt, "a key's derivation is costly beyond reason");
  Secret derived(key_bytes);
  expect(EVP_PBE_scrypt(reinterpret_cast<const char*>(passphrase.data()), passphrase.size(), raw(salt),
                        salt.size(), cost.n, cost.r, cost.p, scrypt_memory_limit_bytes, raw(derived.bytes()),
                        derived.size()) == 1,
         "derive a key from a passphrase");
  return derived;
}

}  // namespace deskloom::snapshot
