#include "state/users.hpp"

namespace deskloom::state {
namespace {

constexpr const char* select =
    "SELECT name, first_seen, role, department, calendar_consent_at, location_consent_at FROM users";

std::optional<base::Timestamp> time_of(const base::Statement& row, int column) {
  const auto ns = row.optional_integer(column);
  return ns ? std::optional(base::from_ns(*ns)) : std::nullopt;
}

std::optional<std::int64_t> ns_of(const std::optional<base::Timestamp>& time) {
  return time ? std::optional(base::to_ns(*time)) : std::nullopt;
}

domain::User user_of(const base::Statement& row) {
  return {row.text(0),          base::from_ns(row.integer(1)),
          row.optional_text(2), row.optional_text(3),
          time_of(row, 4),      time_of(row, 5)};
}

}  // namespace

void Users::ensure(const std::string& name, base::Timestamp at) const {
  db_.prepare("INSERT INTO users (name, first_seen) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .bind(name)
      .bind(base::to_ns(at))
      .run();
}

void Users::update(const domain::User& user) const {
  db_.prepare(
         "UPDATE users SET role = ?, department = ?, calendar_consent_at = ?, location_consent_at = ? "
         "WHERE name = ?")
      .bind(user.role)
      .bind(user.department)
      .bind(ns_of(user.calendar_consent))
      .bind(ns_of(user.location_consent))
      .bind(user.name)
      .run();
}

std::optional<domain::User> Users::find(const std::string& name) const {
  auto row = db_.prepare(std::string(select) + " WHERE name = ?");
  return row.bind(name).step() ? std::optional(user_of(row)) : std::nullopt;
}

std::vector<domain::User> Users::list() const {
  auto row = db_.prepare(std::string(select) + " ORDER BY name");
  std::vector<domain::User> users;
  while (row.step()) users.push_back(user_of(row));
  return users;
}

}  // namespace deskloom::state
