#include "base/sqlite.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <limits>
#include <random>
#include <thread>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/handle.hpp"

namespace deskloom::base {
namespace {

// SQLite says SQLITE_FULL for the database and its log, but "disk I/O error" when the log's index cannot
// grow.
bool is_full(sqlite3* db) {
  const int cause = sqlite3_system_errno(db);
  return sqlite3_errcode(db) == SQLITE_FULL || sqlite3_extended_errcode(db) == SQLITE_IOERR_SHMSIZE ||
         ((sqlite3_errcode(db) & 0xff) == SQLITE_IOERR && (cause == ENOSPC || cause == EDQUOT));
}

[[noreturn]] void fail(sqlite3* db, const std::string& what) {
  const int code = is_full(db) ? SQLITE_FULL : sqlite3_errcode(db) & 0xff;
  const std::string message = what + ": " + sqlite3_errmsg(db);
  switch (code) {
    case SQLITE_FULL:
      throw Error(ErrorKind::no_space, message, "free space on that file system; nothing was changed");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorKind::locked, message, "another command is writing; try again");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw Error(ErrorKind::corrupt, message, "restore the newest copy made by 'deskloom state backup'");
    default:
      throw Error(ErrorKind::failed, message);
  }
}

std::string file_of(sqlite3* db) {
  const char* name = sqlite3_db_filename(db, "main");
  return name == nullptr ? "database" : name;
}

int open_flags(Database::Mode mode) {
  switch (mode) {
    case Database::Mode::read_only:
      return SQLITE_OPEN_READONLY;
    case Database::Mode::read_write:
      return SQLITE_OPEN_READWRITE;
    case Database::Mode::create:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Database::Mode::immutable:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  }
  return SQLITE_OPEN_READONLY;
}

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds usual_patience{10'000};
thread_local std::chrono::milliseconds patience = usual_patience;

// SQLite's own busy timeout sleeps longer the longer it has waited, up to 100 ms, so that with 50 writers who
// has just come goes first: some waited for seconds. Short sleeps of random length treat all alike.
int wait_for_lock(void*, int times) {
  thread_local Clock::time_point began;
  if (times == 0) began = Clock::now();
  if (Clock::now() - began > patience) return 0;
  thread_local std::minstd_rand random{std::random_device{}()};
  std::this_thread::sleep_for(
      std::chrono::microseconds(std::uniform_int_distribution<int>(500, 6000)(random)));
  return 1;
}

// After each commit. The log begins anew only once nobody reads it, and where many processes work at once
// that moment never comes by itself: it was 279 MB after 20,000 assignments by 50 processes, and each read
// slower for it. So when it is long, writers are made to wait until those who read have ended. Not at every
// commit: each try waits for the disk, and somebody may read for long.
int bound_log(void*, sqlite3* db, const char* schema, int pages) {
  constexpr int usual_pages = 1'000, long_pages = 4'000;
  constexpr std::chrono::milliseconds pause{500};
  thread_local Clock::time_point tried;
  const auto now = Clock::now();
  if (pages < usual_pages || now - tried < pause) return SQLITE_OK;
  tried = now;
  patience = std::chrono::milliseconds(100);
  const int mode = pages < long_pages ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
  sqlite3_wal_checkpoint_v2(db, schema, mode, nullptr, nullptr);
  patience = usual_patience;
  return SQLITE_OK;
}

std::string immutable_uri(const std::filesystem::path& path) {
  std::string uri = "file:";
  for (const char c : path.string()) {
    const bool special = c == '%' || c == '?' || c == '#';
    uri += special ? fmt::format("%{:02x}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return uri + "?immutable=1";
}

}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql) {
  if (sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr) != SQLITE_OK) {
    fail(db, "cannot prepare a statement on " + file_of(db));
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement::Statement(Statement&& other) noexcept : statement_(other.statement_), next_(other.next_) {
  other.statement_ = nullptr;
}

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_, next_++, value);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  sqlite3_bind_text(statement_, next_++, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(std::span<const std::byte> blob) {
  sqlite3_bind_blob(statement_, next_++, blob.data(), static_cast<int>(blob.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(const std::optional<std::string>& value) {
  if (value) return bind(std::string_view(*value));
  sqlite3_bind_null(statement_, next_++);
  return *this;
}

Statement& Statement::bind(const std::optional<std::int64_t>& value) {
  if (value) return bind(*value);
  sqlite3_bind_null(statement_, next_++);
  return *this;
}

Statement& Statement::bind_real(double value) {
  sqlite3_bind_double(statement_, next_++, value);  // makes NULL of NaN
  return *this;
}

bool Statement::step() {
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default: {
      sqlite3* db = sqlite3_db_handle(statement_);
      fail(db, "cannot use " + file_of(db));
    }
  }
}

void Statement::run() {
  while (step()) {
  }
}

Statement& Statement::restart() {
  sqlite3_reset(statement_);  // what had gone wrong was thrown by step()
  next_ = 1;
  return *this;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double Statement::real(int column) const {
  return is_null(column) ? std::numeric_limits<double>::quiet_NaN()
                         : sqlite3_column_double(statement_, column);
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return bytes == nullptr
             ? std::string()
             : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  return {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::optional<std::string> Statement::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(text(column));
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

Database::Database(const std::filesystem::path& path, Mode mode) {
  const std::string name = mode == Mode::immutable ? immutable_uri(path) : path.string();
  if (sqlite3_open_v2(name.c_str(), &db_, open_flags(mode), nullptr) != SQLITE_OK) {
    const std::string why = db_ == nullptr ? "out of memory" : sqlite3_errmsg(db_);
    sqlite3_close(db_);
    throw Error(ErrorKind::failed, "cannot open " + path.string() + ": " + why);
  }
  sqlite3_extended_result_codes(db_, 1);
  // Before any other pragma: switching to WAL itself needs the lock.
  sqlite3_busy_handler(db_, wait_for_lock, nullptr);
  sqlite3_wal_hook(db_, bound_log, nullptr);
  try {
    execute("PRAGMA foreign_keys = ON");
  } catch (...) {
    sqlite3_close(db_);
    throw;
  }
}

// Reading a database with WAL makes the -shm file. Where that is not allowed, and nothing waits in the log,
// the file itself is all there is to read.
Database::Mode Database::mode_to_read(const std::filesystem::path& file) {
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK, AT_EACCESS) == 0) return Mode::read_only;
  std::error_code absent;
  const bool in_use = std::filesystem::exists(file.string() + "-shm", absent);
  const auto log_bytes = std::filesystem::file_size(file.string() + "-wal", absent);
  const bool log_empty = absent || log_bytes == 0;
  return !in_use && log_empty ? Mode::immutable : Mode::read_only;
}

Database::~Database() { sqlite3_close(db_); }

Statement Database::prepare(std::string_view sql) const { return {db_, sql}; }

void Database::execute(const std::string& sql) const {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    fail(db_, "cannot use " + file_of(db_));
}

bool Database::is_read_only() const { return sqlite3_db_readonly(db_, "main") != 0; }

std::int64_t Database::changes() const { return sqlite3_changes64(db_); }

void Database::backup_to(const std::filesystem::path& target) const {
  // Made here, because SQLite would make it readable for all.
  open_file(target, O_WRONLY | O_CREAT | O_EXCL);
  const Database copy(target, Mode::read_write);
  const Handle<sqlite3_backup, sqlite3_backup_finish> backup(
      sqlite3_backup_init(copy.db_, "main", db_, "main"));
  if (!backup || sqlite3_backup_step(backup.get(), -1) != SQLITE_DONE)
    fail(copy.db_, "cannot copy to " + target.string());
}

Transaction::Transaction(const Database& db) : db_(db), outermost_(sqlite3_get_autocommit(db.raw()) != 0) {
  if (outermost_) db_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (outermost_ && !done_) sqlite3_exec(db_.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  if (outermost_) db_.execute("COMMIT");
  done_ = true;
}

}  // namespace deskloom::base
