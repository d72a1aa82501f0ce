#include "state/store.hpp"

#include "base/error.hpp"
#include "state/migrations.hpp"

namespace deskloom::state {
namespace {

base::Database::Mode mode_for(const std::filesystem::path& file, Store::Access access) {
  require_file(file);
  return access == Store::Access::write ? base::Database::Mode::read_write
                                        : base::Database::mode_to_read(file);
}

}  // namespace

Store::Store(const std::filesystem::path& file, Access access)
    : db_(file, mode_for(file, access)),
      users(db_),
      modes(db_),
      hosts(db_),
      pools(db_),
      instances(db_),
      gpus(db_),
      signs(db_),
      snapshots(db_),
      operations(db_),
      leases(db_),
      waits(db_),
      apps(db_),
      app_parts(db_),
      volumes(db_) {
  const int version = read_version(db_, file.string());
  if (version < known_version())
    throw base::Error(base::ErrorKind::usage,
                      file.string() + " has schema version " + std::to_string(version) +
                          ", but this program needs " + std::to_string(known_version()),
                      "run 'deskloom state upgrade'");
}

}  // namespace deskloom::state
