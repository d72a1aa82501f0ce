#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "state/migrations.hpp"
#include "state/store.hpp"

namespace deskloom::state {
namespace {

std::int64_t pragma(const base::Database& db, const std::string& name) {
  auto row = db.prepare("PRAGMA " + name);
  row.step();
  return row.integer(0);
}

void create_schema(const std::filesystem::path& file) {
  base::open_file(file, O_WRONLY | O_CREAT | O_EXCL);
  const base::Database db(file, base::Database::Mode::read_write);
  {
    base::Transaction transaction(db);
    db.execute("PRAGMA application_id = " + std::to_string(application_id));
    migrate(db, 0, Store::known_version());
    transaction.commit();
  }
  // Outside a transaction; the file remembers it.
  db.execute("PRAGMA journal_mode = WAL");
}

// A name beside file that is free, so that no earlier copy is lost.
std::filesystem::path free_backup_name(const std::filesystem::path& file, int version) {
  const std::string base = file.string() + ".v" + std::to_string(version) + ".backup";
  std::filesystem::path name = base;
  for (int n = 2; std::filesystem::exists(name); ++n) name = base + "." + std::to_string(n);
  return name;
}

}  // namespace

void require_file(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw base::Error(base::ErrorKind::no_store, "there is no state store at " + file.string(),
                      "create it with 'deskloom init'");
}

void migrate(const base::Database& db, int from, int to) {
  for (int version = from; version < to; ++version)
    db.execute(std::string(migrations()[static_cast<std::size_t>(version)].sql));
  db.execute("PRAGMA user_version = " + std::to_string(to));
}

int read_version(const base::Database& db, const std::string& file) {
  if (pragma(db, "application_id") != application_id)
    throw base::Error(base::ErrorKind::corrupt, file + " is not a state store of Deskloom",
                      "check --state-dir, or move the file away and run 'deskloom init'");
  const auto version = static_cast<int>(pragma(db, "user_version"));
  if (version > Store::known_version())
    throw base::Error(base::ErrorKind::store_newer,
                      file + " has schema version " + std::to_string(version) +
                          ", but this program knows versions up to " + std::to_string(Store::known_version()),
                      "use the newer Deskloom that wrote it");
  return version;
}

int Store::known_version() { return static_cast<int>(migrations().size()); }

int Store::version_of(const std::filesystem::path& file) {
  require_file(file);
  return read_version(base::Database(file, base::Database::Mode::read_only), file.string());
}

bool Store::init(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) return false;
  base::make_private_directories(file.parent_path());
  // Made beside and linked into place: nobody ever sees half a schema, and of two only one wins.
  const std::filesystem::path draft = file.string() + ".new." + std::to_string(::getpid());
  std::filesystem::remove(draft);
  create_schema(draft);
  const int failure = ::link(draft.c_str(), file.c_str()) == 0 ? 0 : errno;
  std::filesystem::remove(draft);
  if (failure != 0 && failure != EEXIST) throw base::system_error("cannot create " + file.string(), failure);
  base::fsync_directory(file.parent_path());
  return failure == 0;
}

std::filesystem::path Store::upgrade(const std::filesystem::path& file) {
  require_file(file);
  const base::Database db(file, base::Database::Mode::read_write);
  if (read_version(db, file.string()) == known_version()) return {};
  base::Transaction transaction(db);
  // Again, now that nobody else can write: another command may have upgraded it meanwhile.
  const int version = read_version(db, file.string());
  if (version == known_version()) return {};
  const auto copy = free_backup_name(file, version);
  base::Database(file, base::Database::Mode::read_only).backup_to(copy);
  base::fsync_directory(file.parent_path());
  migrate(db, version, known_version());
  transaction.commit();
  return copy;
}

}  // namespace deskloom::state
