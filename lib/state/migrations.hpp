#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/sqlite.hpp"

namespace deskloom::state {

// One numbered SQL file of schema/. The version of a store is the number of those that it has seen; the file
// keeps it in PRAGMA user_version, and what it is in PRAGMA application_id.
struct Migration {
  std::string_view name;  // "0001-base"
  std::string_view sql;
};

std::span<const Migration> migrations();

inline constexpr std::int64_t application_id = 0x44534c4d;  // "DSLM"

// Runs the migrations after version from up to version to, in the caller's transaction.
void migrate(const base::Database& db, int from, int to);
// Throws Error(no_store) when there is no such file.
void require_file(const std::filesystem::path& file);
// Throws Error(corrupt) when the file is no state store, Error(store_newer) when a newer program wrote it.
int read_version(const base::Database& db, const std::string& file);

}  // namespace deskloom::state
