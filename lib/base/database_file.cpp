#include "base/database_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace deskloom::base {
namespace {

std::int64_t pragma(const Database& db, const std::string& name) {
  auto row = db.prepare("PRAGMA " + name);
  row.step();
  return row.integer(0);
}

}  // namespace

void create_database(const std::filesystem::path& file, const DatabaseFormat& format,
                     const std::function<void(const Database&)>& fill) {
  make_private_directories(file.parent_path());
  const std::filesystem::path draft = file.string() + ".new." + std::to_string(::getpid());
  remove_file(draft);
  open_file(draft, O_WRONLY | O_CREAT | O_EXCL);
  {
    const Database db(draft, Database::Mode::read_write);
    Transaction transaction(db);
    db.execute("PRAGMA application_id = " + std::to_string(format.application_id));
    db.execute("PRAGMA user_version = " + std::to_string(format.version));
    db.execute(format.schema);
    fill(db);
    transaction.commit();
    db.execute("PRAGMA journal_mode = WAL");  // the file remembers it
  }
  const int failure = ::link(draft.c_str(), file.c_str()) == 0 ? 0 : errno;
  remove_file(draft);
  if (failure != 0 && failure != EEXIST) throw system_error("cannot create " + file.string(), failure);
  fsync_directory(file.parent_path());
}

std::int64_t check_format(const Database& db, const std::filesystem::path& file,
                          const DatabaseFormat& format) {
  if (pragma(db, "application_id") != format.application_id) {
    throw Error(ErrorKind::corrupt, file.string() + " is no " + format.name + " of Deskloom",
                "check --state-dir, or move the file away");
  }
  const std::int64_t version = pragma(db, "user_version");
  if (version > format.version) {
    throw Error(ErrorKind::store_newer, file.string() + " is of a newer Deskloom",
                "use the newer Deskloom that wrote it");
  }
  return version;
}

}  // namespace deskloom::base
