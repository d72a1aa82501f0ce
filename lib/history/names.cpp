#include "history/names.hpp"

namespace deskloom::history {

std::int64_t Names::number(NameKind kind, std::string_view name) {
  auto& known = known_.at(static_cast<std::size_t>(kind));
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  const auto kind_number = static_cast<std::int64_t>(kind);
  db_.prepare("INSERT INTO names (kind, name) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .bind(kind_number)
      .bind(name)
      .run();
  auto row = db_.prepare("SELECT id FROM names WHERE kind = ? AND name = ?");
  row.bind(kind_number).bind(name).step();
  return known.emplace(name, row.integer(0)).first->second;
}

std::unordered_map<std::int64_t, std::string> names_by_number(const base::Database& db, NameKind kind) {
  auto row = db.prepare("SELECT id, name FROM names WHERE kind = ?");
  row.bind(static_cast<std::int64_t>(kind));
  std::unordered_map<std::int64_t, std::string> names;
  while (row.step()) names.emplace(row.integer(0), row.text(1));
  return names;
}

}  // namespace deskloom::history
