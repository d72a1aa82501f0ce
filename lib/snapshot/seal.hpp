#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "snapshot/crypto.hpp"
#include "snapshot/hash.hpp"

// Optional encryption of a store. Each has a random master key of 256 bits; from it HKDF-SHA-256 derives what
// names chunks, what encrypts, and a name of the key itself. What the user keeps, a file or what a command
// prints, only unlocks the master key (store_key.hpp), and can be changed without touching what is stored.
//
//   chunk id       HMAC-SHA-256 of the chunk: nobody without the key can tell whether something known is
//   stored frame payload  AES-256-GCM, bound to the frame's header, not to its place: frames are copied as
//   they are
//                  between packs and between stores of the same key
//   manifest       AES-256-GCM, bound to its first line
//
// Nonces are random: a key must not seal more than 2^32 times, which are some 250 TiB of frames. What anybody
// who reads the store's files learns: how many snapshots there are, when they were made, the sizes of chunks,
// which lie together and which are stored as a difference from which; from needs.sqlite, how often each is
// named.
namespace deskloom::snapshot {

// Names a master key and tells nothing of it; zeros: there is none.
using KeyId = std::array<std::byte, 16>;

std::string to_hex(const KeyId& id);

// How one store's content is named and sealed. Safe for several threads.
class Seal {
 public:
  // Of a store that is not encrypted: chunks are named by SHA-256, nothing is sealed.
  static std::shared_ptr<const Seal> none();
  static std::shared_ptr<const Seal> with(const Secret& master);
  // Of an encrypted store whose key is not here: what it holds can be carried, and not be read.
  // why completes errors: what was tried to get the key.
  static std::shared_ptr<const Seal> locked(const KeyId& id, base::Error why);

  virtual ~Seal() = default;
  virtual Hash id_of(ByteView content) const = 0;
  virtual Bytes close(ByteView plain, ByteView bound) const = 0;
  // nullopt when it is not what was closed.
  virtual std::optional<Bytes> open(ByteView sealed, ByteView bound) const = 0;

  bool is_encrypted() const { return key_id_ != KeyId{}; }
  bool is_locked() const { return is_locked_; }  // then all of the above throw the Error that says why
  const KeyId& key_id() const { return key_id_; }

 protected:
  Seal(const KeyId& id, bool is_locked) : key_id_(id), is_locked_(is_locked) {}

 private:
  KeyId key_id_;
  bool is_locked_;
};

KeyId key_id_of(const Secret& master);

}  // namespace deskloom::snapshot
