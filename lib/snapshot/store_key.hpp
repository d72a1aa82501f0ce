#pragma once

#include <string>

#include "snapshot/seal.hpp"

// The master key of a store, locked with the user's key: the file `key` of an encrypted store. It may be
// copied anywhere; a store without it cannot be read by anybody.
//
//   store-key  = %s"deskloom-store-key " version LF derivation LF %s"salt " 64HEXDIG LF
//                %s"id " 32HEXDIG LF %s"master " 120HEXDIG LF
//   version    = 1*DIGIT                   ; 1
//   derivation = %s"hkdf-sha-256"          ; of a key that was made at random
//              / %s"scrypt " n SP r SP p   ; of any other
//   id         = names the master key: HKDF-SHA-256 of it for "deskloom key id", the first 16 octets
//   master     = sealed (crypto.hpp) with what is derived from the user's key and the salt, bound to the
//   lines
//                before it
namespace deskloom::snapshot {

Secret make_master_key();

// The text of the file. Throws Error(usage) when the user's key is too short to lock anything.
std::string lock_master_key(const Secret& master, const Secret& user_key);

// Throw Error naming origin: corrupt, store_newer.
KeyId id_of_locked_key(const std::string& text, const std::string& origin);
// nullopt when it is another key.
std::optional<Secret> unlock_master_key(const std::string& text, const Secret& user_key,
                                        const std::string& origin);

}  // namespace deskloom::snapshot
