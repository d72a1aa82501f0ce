#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/sqlite.hpp"

namespace deskloom::base {

// What a database file says of itself, so that none is taken for another.
struct DatabaseFormat {
  std::int64_t application_id;
  std::int64_t version;
  const char* schema;
  const char* name;  // for people: "record of use"
};

// Makes the file beside and links it into place: nobody ever sees half a schema, and of two who make it only
// one wins. fill: within the same transaction, after the schema.
void create_database(const std::filesystem::path& file, const DatabaseFormat& format,
                     const std::function<void(const Database&)>& fill);
// The version of the file. Throws Error(corrupt) for another application's, Error(store_newer) for a newer
// version.
std::int64_t check_format(const Database& db, const std::filesystem::path& file,
                          const DatabaseFormat& format);

}  // namespace deskloom::base
