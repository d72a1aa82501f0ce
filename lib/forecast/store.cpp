#include "forecast/store.hpp"

#include "base/database_file.hpp"
#include "base/error.hpp"
#include "forecast/schema.hpp"

namespace deskloom::forecast {
namespace {

namespace fs = std::filesystem;

constexpr base::DatabaseFormat format{0x44534c46, 1, schema, "store of forecasts"};  // "DSLF"

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

}  // namespace

Store::Store(const fs::path& file, Access access)
    : db_(file, prepare(file, access)), model_dir_(file.parent_path() / "models") {
  base::check_format(db_, file, format);
}

}  // namespace deskloom::forecast
