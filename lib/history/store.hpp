#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "domain/usage.hpp"

namespace deskloom::history {

// Seconds since 1970: what is older may have been removed.
struct Kept {
  std::int64_t samples_from = 0;
  std::int64_t five_minutes_from = 0;
  std::int64_t all_from = 0;
};

// Connections that were recorded long after they happened: who has counted what was before them counts anew.
struct LateImport {
  std::int64_t number = 0;            // of the last one; they are numbered from 1 on
  std::optional<std::int64_t> first;  // the earliest of them
};

// The record of use: history.sqlite beside the state store, a file of its own, so that an import of millions
// of lines never makes a login wait. The schema is schema.sql. A file of a newer program is
// Error(store_newer), one that is no history Error(corrupt).
class Store {
 public:
  enum class Access { read, write, create };  // create: as write, and makes the file when it is missing

  // A missing file is Error(no_store).
  Store(const std::filesystem::path& file, Access access);

  const base::Database& db() const { return db_; }
  // What places are hashed with, before they are stored; random, made with the file.
  const std::string& salt() const { return salt_; }
  Kept kept() const;
  // All that came since that one.
  LateImport late_import_after(std::int64_t number) const;

  struct TableSize {
    std::string table;
    std::uint64_t rows = 0;
    std::optional<base::Timestamp> first, last;
  };
  std::vector<TableSize> sizes() const;

 private:
  base::Database db_;
  std::int64_t version_ = 0;
  std::string salt_;
};

}  // namespace deskloom::history
