#include "history/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/random.hpp"
#include "history/schema.hpp"
#include "history/steps.hpp"

namespace deskloom::history {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t application_id = 0x44534c48;  // "DSLH"
constexpr std::int64_t version = 1;

std::int64_t pragma(const base::Database& db, const std::string& name) {
  auto row = db.prepare("PRAGMA " + name);
  row.step();
  return row.integer(0);
}

std::string new_salt() {
  base::SystemRandom random;
  return random.hex(64);
}

// Made beside and linked into place: nobody ever sees half a schema, and of two only one wins.
void create(const fs::path& file) {
  base::make_private_directories(file.parent_path());
  const fs::path draft = file.string() + ".new." + std::to_string(::getpid());
  base::remove_file(draft);
  base::open_file(draft, O_WRONLY | O_CREAT | O_EXCL);
  {
    const base::Database db(draft, base::Database::Mode::read_write);
    base::Transaction transaction(db);
    db.execute("PRAGMA application_id = " + std::to_string(application_id));
    db.execute("PRAGMA user_version = " + std::to_string(version));
    db.execute(schema);
    db.prepare("INSERT INTO kept VALUES (1, 0, 0, 0, ?, NULL)").bind(new_salt()).run();
    transaction.commit();
    db.execute("PRAGMA journal_mode = WAL");  // the file remembers it
  }
  const int failure = ::link(draft.c_str(), file.c_str()) == 0 ? 0 : errno;
  base::remove_file(draft);
  if (failure != 0 && failure != EEXIST) throw base::system_error("cannot create " + file.string(), failure);
  base::fsync_directory(file.parent_path());
}

base::Database::Mode prepare(const fs::path& file, Store::Access access) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    if (access != Store::Access::create) {
      throw base::Error(base::ErrorKind::no_store, "there is no record of use at " + file.string(),
                        "'deskloom event import' or 'event record' makes one");
    }
    create(file);
  }
  return access == Store::Access::read ? base::Database::mode_to_read(file)
                                       : base::Database::Mode::read_write;
}

}  // namespace

Store::Store(const fs::path& file, Access access) : db_(file, prepare(file, access)) {
  if (pragma(db_, "application_id") != application_id) {
    throw base::Error(base::ErrorKind::corrupt, file.string() + " is no record of use of Deskloom",
                      "check --state-dir, or move the file away");
  }
  if (pragma(db_, "user_version") > version) {
    throw base::Error(base::ErrorKind::store_newer, file.string() + " is of a newer Deskloom",
                      "use the newer Deskloom that wrote it");
  }
  auto row = db_.prepare("SELECT salt FROM kept");
  row.step();
  salt_ = row.text(0);
}

Kept Store::kept() const {
  auto row = db_.prepare("SELECT samples_from, five_minutes_from, all_from FROM kept");
  row.step();
  return {row.integer(0), row.integer(1), row.integer(2)};
}

std::vector<Store::TableSize> Store::sizes() const {
  std::vector<TableSize> sizes;
  for (const char* table :
       {"connections", "launches", "file_uses", "visits", "samples", "five_minutes", "hours"}) {
    auto row = db_.prepare(std::string("SELECT count(*), min(at), max(at) FROM ") + table);
    row.step();
    TableSize size{table, static_cast<std::uint64_t>(row.integer(0)), {}, {}};
    if (size.rows > 0) size.first = time_of(row.integer(1)), size.last = time_of(row.integer(2));
    sizes.push_back(std::move(size));
  }
  return sizes;
}

}  // namespace deskloom::history
