#pragma once

#include <filesystem>

#include "base/sqlite.hpp"

namespace deskloom::forecast {

// What was learnt and foretold: forecast.sqlite beside the record of use, from which it can be made anew. The
// schema is schema.sql. Errors as of history::Store.
class Store {
 public:
  enum class Access { read, write };  // write: makes the file when it is missing

  // A missing file, to read, is Error(no_store).
  Store(const std::filesystem::path& file, Access access);

  const base::Database& db() const { return db_; }
  // Where the files of models lie.
  const std::filesystem::path& model_dir() const { return model_dir_; }

 private:
  base::Database db_;
  std::filesystem::path model_dir_;
};

}  // namespace deskloom::forecast
