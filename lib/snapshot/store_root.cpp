#include "snapshot/store_root.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/fd.hpp"
#include "base/file_lock.hpp"
#include "snapshot/store_key.hpp"

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

constexpr std::string_view format_magic = "deskloom-snapshot-store ";
constexpr std::string_view encryption_magic = "aes-256-gcm ";
constexpr unsigned plain_version = 4;
constexpr unsigned encrypted_version = 5;
constexpr std::uint64_t format_limit_bytes = 256;
constexpr std::uint64_t key_file_limit_bytes = 4096;
constexpr std::chrono::seconds lock_patience{30};

std::string read_format(const fs::path& directory) {
  const fs::path path = directory / "format";
  std::error_code error;
  if (!fs::exists(path, error)) {
    const std::string reason = error ? " (" + error.message() + ")" : "";
    throw base::Error(ErrorKind::no_store, "there is no snapshot store in " + directory.string() + reason,
                      "deskloom init makes one");
  }
  return base::read_file(path, format_limit_bytes);
}

unsigned version_of(const std::string& format, const fs::path& directory) {
  unsigned version = 0;
  if (format.starts_with(format_magic)) {
    std::from_chars(format.data() + format_magic.size(), format.data() + format.size(), version);
  }
  if (version == 0)
    throw base::Error(ErrorKind::corrupt, (directory / "format").string() + ": not a store's format file");
  if (version > encrypted_version) {
    throw base::Error(ErrorKind::store_newer,
                      fmt::format("{} has format {}, this program knows {}", directory.string(), version,
                                  encrypted_version),
                      "use a newer deskloom");
  }
  if (version < plain_version) {
    throw base::Error(
        ErrorKind::usage,
        fmt::format("{} has format {}, of before the first release", directory.string(), version),
        "remove it and run 'deskloom init'");
  }
  return version;
}

std::string format_of(const KeyId& id) {
  if (id == KeyId{}) return fmt::format("{}{}\n", format_magic, plain_version);
  return fmt::format("{}{}\n{}{}\n", format_magic, encrypted_version, encryption_magic, to_hex(id));
}

// Zeros: it is not encrypted.
KeyId read_key_id(const fs::path& directory) {
  const std::string format = read_format(directory);
  KeyId id{};
  if (version_of(format, directory) == plain_version) return id;
  const std::size_t at = format.find(encryption_magic);
  if (at != std::string::npos) {
    const auto digits = std::string_view(format).substr(at + encryption_magic.size(), 2 * id.size());
    const auto bytes = parse_hex(digits);
    if (bytes && bytes->size() == id.size()) std::ranges::copy(*bytes, id.begin());
  }
  if (id == KeyId{} || format != format_of(id)) {
    throw base::Error(ErrorKind::corrupt,
                      (directory / "format").string() + ": says that the store is encrypted, and not how",
                      "put a copy of it back");
  }
  return id;
}

std::string read_locked_key(const fs::path& directory) {
  const fs::path path = directory / "key";
  if (fs::exists(path)) return base::read_file(path, key_file_limit_bytes);
  throw base::Error(ErrorKind::corrupt, path.string() + " is missing: nobody can read the store without it",
                    "put a copy of it back: stores that were made with 'init --store-key' have one");
}

base::Error no_key(const fs::path& directory) {
  return {ErrorKind::no_key,
          "the snapshot store " + directory.string() + " is encrypted, and no key is given",
          "give --key-file or --key-command, or name one of them in [store] of the policy"};
}

Secret unlock(const fs::path& directory, const KeyId& id, const KeySource& source) {
  if (!source.is_given()) throw no_key(directory);
  const std::string text = read_locked_key(directory);
  auto master = unlock_master_key(text, read_key(source), (directory / "key").string());
  if (!master) {
    throw base::Error(
        ErrorKind::no_key,
        fmt::format("the key from {} does not open the snapshot store {}", source.name(), directory.string()),
        "give the right one with --key-file or --key-command; the store is not damaged");
  }
  if (key_id_of(*master) != id) {
    throw base::Error(ErrorKind::corrupt, (directory / "key").string() + ": is the key of another store",
                      "put this store's own back");
  }
  return std::move(*master);
}

// The format last: a directory without it is no store, and none has it before its parts are durable.
void make_directory(const fs::path& directory, const std::string& format) {
  for (const char* part : {"packs", "incoming", "index", "snapshots", "writers", "condemned"})
    base::make_private_directories(directory / part);
  base::fsync_directory(directory);
  base::write_file_durably(directory / "format", format);
}

void make_encrypted(const fs::path& directory, const KeyId& id, const std::string& locked_key) {
  base::make_private_directories(directory);
  // Two that make it at once must not mix their keys.
  const base::FileLock lock(directory / "collection.lock", lock_patience);
  if (fs::exists(directory / "format")) return;
  base::write_file_durably(directory / "key", locked_key);
  make_directory(directory, format_of(id));
}

}  // namespace

StoreRoot open_root(const fs::path& directory, const KeySource& key) {
  const KeyId id = read_key_id(directory);
  if (id == KeyId{}) return {directory, Seal::none()};
  return {directory, Seal::with(unlock(directory, id, key))};
}

StoreRoot open_root_locked(const fs::path& directory, const std::shared_ptr<const Seal>& known) {
  const KeyId id = read_key_id(directory);
  if (id == known->key_id()) return {directory, known};
  if (id == KeyId{}) return {directory, Seal::none()};
  return {directory, Seal::locked(id, no_key(directory))};
}

void init_root(const fs::path& directory, const KeySource& key) {
  if (fs::exists(directory / "format")) return;
  if (!key.is_given()) return make_directory(directory, format_of({}));
  const Secret master = make_master_key();
  make_encrypted(directory, key_id_of(master), lock_master_key(master, read_key(key)));
}

void init_root_like(const fs::path& directory, const fs::path& store_key) {
  if (fs::exists(directory / "format")) return;
  const std::string text = base::read_file(store_key, key_file_limit_bytes);
  make_encrypted(directory, id_of_locked_key(text, store_key.string()), text);
}

void change_key(const fs::path& directory, const KeySource& key, const KeySource& new_key, bool dry_run) {
  const KeyId id = read_key_id(directory);
  if (id == KeyId{}) {
    throw base::Error(ErrorKind::usage, "the snapshot store " + directory.string() + " is not encrypted",
                      "make an encrypted one with 'deskloom init'");
  }
  const Secret master = unlock(directory, id, key);
  const std::string locked = lock_master_key(master, read_key(new_key));
  if (!dry_run) base::write_file_durably(directory / "key", locked);
}

}  // namespace deskloom::snapshot
