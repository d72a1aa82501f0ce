#include "history/store.hpp"

#include "base/database_file.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "history/schema.hpp"
#include "history/steps.hpp"

namespace deskloom::history {
namespace {

namespace fs = std::filesystem;

constexpr base::DatabaseFormat format{0x44534c48, 2, schema, "record of use"};  // "DSLH"

std::string new_salt() {
  base::SystemRandom random;
  return random.hex(64);
}

void create(const fs::path& file) {
  base::create_database(file, format, [](const base::Database& db) {
    db.prepare("INSERT INTO kept VALUES (1, 0, 0, 0, ?, NULL)").bind(new_salt()).run();
  });
}

// Of version 1, which did not note what came late.
void upgrade(const base::Database& db) {
  base::Transaction transaction(db);
  db.execute(
      "CREATE TABLE IF NOT EXISTS late_imports (number INTEGER PRIMARY KEY, first INTEGER NOT NULL) STRICT;"
      "PRAGMA user_version = 2");
  transaction.commit();
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
  version_ = base::check_format(db_, file, format);
  if (version_ < format.version && !db_.is_read_only()) {
    upgrade(db_);
    version_ = format.version;
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

LateImport Store::late_import_after(std::int64_t number) const {
  if (version_ < format.version) return {};
  auto row = db_.prepare("SELECT max(number), min(first) FROM late_imports WHERE number > ?");
  row.bind(number).step();
  return row.is_null(0) ? LateImport{number, {}} : LateImport{row.integer(0), row.integer(1)};
}

std::vector<Store::TableSize> Store::sizes() const {
  std::vector<TableSize> sizes;
  for (const char* table :
       {"connections", "launches", "file_uses", "visits", "samples", "five_minutes", "hours"}) {
    auto row = db_.prepare(std::string("SELECT count(*), min(at), max(at) FROM ") + table);
    row.step();
    TableSize size{table, static_cast<std::uint64_t>(row.integer(0)), {}, {}};
    if (size.rows > 0)
      size.first = base::from_seconds(row.integer(1)), size.last = base::from_seconds(row.integer(2));
    sizes.push_back(std::move(size));
  }
  return sizes;
}

}  // namespace deskloom::history
