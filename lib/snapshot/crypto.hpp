#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "snapshot/secret.hpp"

// What the store takes from OpenSSL. All throw Error(failed) when OpenSSL cannot do it.
namespace deskloom::snapshot {

inline constexpr std::size_t key_bytes = 32;
inline constexpr std::size_t nonce_bytes = 12;
inline constexpr std::size_t tag_bytes = 16;
inline constexpr std::size_t seal_overhead_bytes = nonce_bytes + tag_bytes;

void fill_random(std::span<std::byte> bytes);

// nonce:12OCTET ciphertext tag:16OCTET, by AES-256-GCM with a random nonce. bound: is not in it, and must be
// the same when it is opened. One key is good for 2^32 of them (NIST SP 800-38D, 8.3).
Bytes seal(ByteView key, ByteView plain, ByteView bound);
// nullopt when a bit of it, of bound or of the key is another one.
std::optional<Bytes> unseal(ByteView key, ByteView sealed, ByteView bound);

// HKDF with SHA-256 (RFC 5869): for secrets that nobody can guess.
Secret derive(ByteView secret, ByteView salt, std::string_view purpose);

struct ScryptCost {
  std::uint64_t n = 0;  // a power of two
  std::uint32_t r = 0;
  std::uint32_t p = 0;
};
// scrypt (RFC 7914): for what people can remember. Throws Error(corrupt) when the cost is beyond reason.
Secret derive_slowly(ByteView passphrase, ByteView salt, const ScryptCost& cost);

}  // namespace deskloom::snapshot
