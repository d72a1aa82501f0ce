#include "state/users.hpp"

namespace deskloom::state {
namespace {

domain::User user_of(const base::Statement& row) { return {row.text(0), base::from_ns(row.integer(1))}; }

}  // namespace

void Users::ensure(const std::string& name, base::Timestamp at) const {
  db_.prepare("INSERT INTO users VALUES (?, ?) ON CONFLICT DO NOTHING")
      .bind(name)
      .bind(base::to_ns(at))
      .run();
}

std::optional<domain::User> Users::find(const std::string& name) const {
  auto row = db_.prepare("SELECT name, first_seen FROM users WHERE name = ?");
  return row.bind(name).step() ? std::optional(user_of(row)) : std::nullopt;
}

std::vector<domain::User> Users::list() const {
  auto row = db_.prepare("SELECT name, first_seen FROM users ORDER BY name");
  std::vector<domain::User> users;
  while (row.step()) users.push_back(user_of(row));
  return users;
}

}  // namespace deskloom::state
