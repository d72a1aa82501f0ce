#pragma once

#include <filesystem>
#include <memory>

#include "snapshot/key_source.hpp"
#include "snapshot/seal.hpp"

// What says that a directory is a store, and how it is sealed:
//
//   format  = %s"deskloom-snapshot-store " version LF [encryption LF]
//   version = 1*DIGIT                          ; 4, or 5 when it is encrypted
//   encryption = %s"aes-256-gcm " 32HEXDIG     ; the id of the master key
//   key     = store_key.hpp                    ; only when it is encrypted
namespace deskloom::snapshot {

// What all that read or write a store need.
struct StoreRoot {
  std::filesystem::path directory;
  std::shared_ptr<const Seal> seal;
};

// All throw Error naming the directory: no_store, store_newer, corrupt; and no_key when it is encrypted and
// the key is not given, or does not fit.
StoreRoot open_root(const std::filesystem::path& directory, const KeySource& key = {});
// The same without any key but what `known` has: other encrypted stores are locked.
StoreRoot open_root_locked(const std::filesystem::path& directory, const std::shared_ptr<const Seal>& known);

// Make an empty store; nothing when there is one. key: given when it is to be encrypted.
void init_root(const std::filesystem::path& directory, const KeySource& key = {});
// With the master key of another store, whose file `key` is a copy of store_key: snapshots can then be sent
// between the two. The key that unlocks it need not be known.
void init_root_like(const std::filesystem::path& directory, const std::filesystem::path& store_key);

// From now on another key unlocks the store; what is stored is not touched. At a kill either the old one or
// the new one does. dry_run: only looks whether it could be done. Throws Error(usage) when the store is not
// encrypted.
void change_key(const std::filesystem::path& directory, const KeySource& key, const KeySource& new_key,
                bool dry_run = false);

}  // namespace deskloom::snapshot
