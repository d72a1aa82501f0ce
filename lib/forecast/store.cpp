#include "forecast/store.hpp"

#include "base/database_file.hpp"
#include "base/error.hpp"
#include "forecast/schema.hpp"

namespace deskloom::forecast {
namespace {

namespace fs = std::filesystem;

constexpr base::DatabaseFormat format{0x44534c46, 2, schema, "store of forecasts"};  // "DSLF"

base::Database::Mode prepare(const fs::path& file, Store::Access access) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    if (access == Store::Access::read) {
      throw base::Error(base::ErrorKind::no_store, "nothing is foretold yet: there is no " + file.string(),
                        "'deskloom predict forecast' makes it");
    }
    base::create_database(file, format, [](const base::Database&) {});
  }
  return access == Store::Access::read ? base::Database::mode_to_read(file)
                                       : base::Database::Mode::read_write;
}

// Models, what they promised and who was in force when stay; all else is made anew from the record.
void renew(const base::Database& db) {
  base::Transaction transaction(db);
  std::vector<std::string> tables;
  auto row = db.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('models', 'promotions', "
      "'promises')");
  while (row.step()) tables.push_back(row.text(0));
  row.restart();
  for (const std::string& table : tables) db.execute("DROP TABLE \"" + table + '"');
  db.execute(schema);
  db.execute("PRAGMA user_version = " + std::to_string(format.version));
  transaction.commit();
}

}  // namespace

Store::Store(const fs::path& file, Access access)
    : db_(file, prepare(file, access)), model_dir_(file.parent_path() / "models") {
  if (base::check_format(db_, file, format) == format.version) return;
  if (access == Access::read) {
    throw base::Error(base::ErrorKind::no_store, "what was foretold is of an older deskloom",
                      "'deskloom predict forecast' foretells anew");
  }
  renew(db_);
}

}  // namespace deskloom::forecast
