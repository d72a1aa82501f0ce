#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/sqlite.hpp"

namespace deskloom::history {

enum class NameKind { user = 1, application, file_type, place, calendar };
inline constexpr std::size_t name_kinds = 6;  // and 0, which none has

// The numbers that stand for names in the tables.
class Names {
 public:
  explicit Names(const base::Database& db) : db_(db) {}
  // Adds the name when it is new.
  std::int64_t number(NameKind kind, std::string_view name);

 private:
  struct Hasher {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  const base::Database& db_;
  std::array<std::unordered_map<std::string, std::int64_t, Hasher, std::equal_to<>>, name_kinds> known_;
};

std::unordered_map<std::int64_t, std::string> names_by_number(const base::Database& db, NameKind kind);

}  // namespace deskloom::history
