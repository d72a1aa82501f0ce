#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "state/apps.hpp"
#include "state/gpus.hpp"
#include "state/hosts.hpp"
#include "state/instances.hpp"
#include "state/leases.hpp"
#include "state/modes.hpp"
#include "state/operations.hpp"
#include "state/pools.hpp"
#include "state/signs.hpp"
#include "state/snapshots.hpp"
#include "state/users.hpp"
#include "state/volumes.hpp"
#include "state/waits.hpp"

namespace deskloom::state {

struct CheckProblem {
  std::string object;   // "instance tiny-3f", "schema"
  std::string problem;  // one sentence
  std::string fix;
};

// The SQLite state store (WAL, foreign keys, numbered migrations in schema/NNNN-*.sql).
// Opening throws Error: no_store when the file is missing, store_newer when a newer program wrote it,
// usage "run 'deskloom state upgrade'" when it is older, corrupt when it is not a state store.
class Store {
 public:
  enum class Access { read, write };

  // Creates the file and its private directory when missing; returns true when it created one.
  static bool init(const std::filesystem::path& file);
  // The newest schema version this program knows, and the one in the file.
  static int known_version();
  static int version_of(const std::filesystem::path& file);
  // Copies the file beside itself (FILE.vN.backup), then runs the missing migrations. Returns the copy's
  // path, or an empty path when nothing was to be done.
  static std::filesystem::path upgrade(const std::filesystem::path& file);

  Store(const std::filesystem::path& file, Access access);

  const base::Database& db() const { return db_; }
  base::Transaction transaction() const { return base::Transaction(db_); }
  void backup_to(const std::filesystem::path& target) const { db_.backup_to(target); }
  // SQLite's integrity and foreign keys, and the invariants of this schema (B1, one live instance per user,
  // no running operation without instance).
  std::vector<CheckProblem> check() const;

 private:
  base::Database db_;

 public:
  Users users;
  Modes modes;
  Hosts hosts;
  Pools pools;
  Instances instances;
  Gpus gpus;
  Signs signs;
  Snapshots snapshots;
  Operations operations;
  Leases leases;
  Waits waits;
  Apps apps;
  AppParts app_parts;
  Volumes volumes;
};

}  // namespace deskloom::state
