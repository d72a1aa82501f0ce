#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace deskloom::base {

// One prepared statement. Parameters are bound in order; step() is true while there is a row.
class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);
  ~Statement();
  Statement(Statement&&) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& operator=(Statement&&) = delete;

  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view value);
  Statement& bind(const std::string& value) { return bind(std::string_view(value)); }
  Statement& bind(const char* value) { return bind(std::string_view(value)); }
  Statement& bind(std::span<const std::byte> blob);
  Statement& bind(const std::optional<std::string>& value);
  Statement& bind(const std::optional<std::int64_t>& value);
  Statement& bind_real(double value);  // NaN: NULL

  bool step();
  void run();            // step to the end
  Statement& restart();  // for other parameters
  std::int64_t integer(int column) const;
  double real(int column) const;  // NULL: NaN
  std::string text(int column) const;
  std::span<const std::byte> blob(int column) const;  // until the next step
  bool is_null(int column) const;
  std::optional<std::string> optional_text(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;

 private:
  sqlite3_stmt* statement_ = nullptr;
  int next_ = 1;
};

// One connection. Errors become Error: SQLITE_FULL no_space, SQLITE_BUSY locked, SQLITE_CORRUPT/NOTADB
// corrupt.
class Database {
 public:
  // immutable: read_only without locks and side files, for a file that nobody changes meanwhile.
  enum class Mode { read_only, read_write, create, immutable };
  Database(const std::filesystem::path& path, Mode mode);
  // read_only; immutable where the side files that reading makes are not allowed and nothing needs them.
  static Mode mode_to_read(const std::filesystem::path& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Statement prepare(std::string_view sql) const;
  void execute(const std::string& sql) const;  // one or more statements without parameters
  bool is_read_only() const;
  std::int64_t changes() const;  // rows changed by the last statement
  sqlite3* raw() const { return db_; }
  // A consistent private copy while others write (SQLite's online backup). Throws when target exists.
  void backup_to(const std::filesystem::path& target) const;

 private:
  sqlite3* db_ = nullptr;
};

// BEGIN IMMEDIATE … COMMIT; rolled back when commit() was not reached. Nested ones join the outermost.
class Transaction {
 public:
  explicit Transaction(const Database& db);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  const Database& db_;
  bool outermost_;
  bool done_ = false;
};

}  // namespace deskloom::base
