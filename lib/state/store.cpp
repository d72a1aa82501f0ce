#include "state/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "state/migrations.hpp"

namespace deskloom::state {
namespace {

// Reading a WAL store makes the -shm file. Where that is not allowed, and nothing waits in the log, the file
// itself is all there is to read.
base::Database::Mode read_mode(const std::filesystem::path& file) {
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK, AT_EACCESS) == 0) return base::Database::Mode::read_only;
  std::error_code absent;
  const bool in_use = std::filesystem::exists(file.string() + "-shm", absent);
  const auto log_bytes = std::filesystem::file_size(file.string() + "-wal", absent);
  const bool log_empty = absent || log_bytes == 0;
  return !in_use && log_empty ? base::Database::Mode::immutable : base::Database::Mode::read_only;
}

base::Database::Mode mode_for(const std::filesystem::path& file, Store::Access access) {
  require_file(file);
  return access == Store::Access::write ? base::Database::Mode::read_write : read_mode(file);
}

}  // namespace

Store::Store(const std::filesystem::path& file, Access access)
    : db_(file, mode_for(file, access)),
      users(db_),
      hosts(db_),
      pools(db_),
      instances(db_),
      snapshots(db_),
      operations(db_),
      leases(db_) {
  const int version = read_version(db_, file.string());
  if (version < known_version())
    throw base::Error(base::ErrorKind::usage,
                      file.string() + " has schema version " + std::to_string(version) +
                          ", but this program needs " + std::to_string(known_version()),
                      "run 'deskloom state upgrade'");
}

}  // namespace deskloom::state
