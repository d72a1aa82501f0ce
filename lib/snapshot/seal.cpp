#include "snapshot/seal.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <stdexcept>

#include "base/handle.hpp"

namespace deskloom::snapshot {
namespace {

using Mac = base::Handle<EVP_MAC, EVP_MAC_free>;
using MacContext = base::Handle<EVP_MAC_CTX, EVP_MAC_CTX_free>;

[[noreturn]] void fail_hmac() {
  throw base::Error(base::ErrorKind::failed, "cannot compute HMAC-SHA-256 with OpenSSL");
}

// HMAC-SHA-256 with a key that is set up once: the context is copied for each use.
class Hmac {
 public:
  explicit Hmac(const Secret& key) {
    const Mac mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    keyed_.reset(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
    std::string digest = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.view().data());
    if (!keyed_ || EVP_MAC_init(keyed_.get(), bytes, key.size(), parameters) != 1) fail_hmac();
  }

  Hash of(ByteView data) const {
    const MacContext context(EVP_MAC_CTX_dup(keyed_.get()));
    Hash hash;
    std::size_t size = 0;
    if (!context ||
        EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(data.data()), data.size()) !=
            1 ||
        EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(hash.bytes.data()), &size,
                      hash.bytes.size()) != 1) {
      fail_hmac();
    }
    return hash;
  }

 private:
  MacContext keyed_;
};

class NoSeal : public Seal {
 public:
  NoSeal() : Seal({}, false) {}
  Hash id_of(ByteView content) const override { return sha256(content); }
  // Whoever seals asks is_encrypted() first.
  Bytes close(ByteView, ByteView) const override { throw std::logic_error("the store is not encrypted"); }
  std::optional<Bytes> open(ByteView, ByteView) const override { return std::nullopt; }
};

class KeyedSeal : public Seal {
 public:
  explicit KeyedSeal(const Secret& master)
      : Seal(key_id_of(master), false),
        ids_(derive(master.view(), {}, "deskloom chunk ids")),
        key_(derive(master.view(), {}, "deskloom content")) {}
  Hash id_of(ByteView content) const override { return ids_.of(content); }
  Bytes close(ByteView plain, ByteView bound) const override { return seal(key_.view(), plain, bound); }
  std::optional<Bytes> open(ByteView sealed, ByteView bound) const override {
    return unseal(key_.view(), sealed, bound);
  }

 private:
  Hmac ids_;
  Secret key_;
};

class LockedSeal : public Seal {
 public:
  LockedSeal(const KeyId& id, base::Error why) : Seal(id, true), why_(std::move(why)) {}
  Hash id_of(ByteView) const override { throw why_; }
  Bytes close(ByteView, ByteView) const override { throw why_; }
  std::optional<Bytes> open(ByteView, ByteView) const override { throw why_; }

 private:
  base::Error why_;
};

}  // namespace

std::string to_hex(const KeyId& id) { return hex_of(id); }

KeyId key_id_of(const Secret& master) {
  const Secret name = derive(master.view(), {}, "deskloom key id");
  KeyId id;
  std::ranges::copy(name.view().first(id.size()), id.begin());
  return id;
}

std::shared_ptr<const Seal> Seal::none() {
  static const auto seal = std::make_shared<const NoSeal>();
  return seal;
}

std::shared_ptr<const Seal> Seal::with(const Secret& master) {
  return std::make_shared<const KeyedSeal>(master);
}

std::shared_ptr<const Seal> Seal::locked(const KeyId& id, base::Error why) {
  return std::make_shared<const LockedSeal>(id, std::move(why));
}

}  // namespace deskloom::snapshot
