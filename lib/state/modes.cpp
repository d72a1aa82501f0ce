#include "state/modes.hpp"

namespace deskloom::state {
namespace {

const std::string select = "SELECT user, name, from_at, until_at, set_by FROM modes ";

domain::Mode mode_of(const base::Statement& row) {
  return {row.text(0), row.text(1), base::from_ns(row.integer(2)), base::from_ns(row.integer(3)),
          row.text(4)};
}

std::vector<domain::Mode> modes_of(base::Statement& row) {
  std::vector<domain::Mode> modes;
  while (row.step()) modes.push_back(mode_of(row));
  return modes;
}

}  // namespace

void Modes::set(const domain::Mode& mode) const {
  end(mode.user, mode.from);
  db_.prepare("INSERT INTO modes (user, name, from_at, until_at, set_by) VALUES (?, ?, ?, ?, ?)")
      .bind(mode.user)
      .bind(mode.name)
      .bind(base::to_ns(mode.from))
      .bind(base::to_ns(mode.until))
      .bind(mode.set_by)
      .run();
}

bool Modes::end(const std::string& user, base::Timestamp at) const {
  db_.prepare("UPDATE modes SET until_at = max(from_at, ?1) WHERE user = ?2 AND until_at > ?1")
      .bind(base::to_ns(at))
      .bind(user)
      .run();
  return db_.changes() > 0;
}

std::optional<domain::Mode> Modes::find(const std::string& user, base::Timestamp at) const {
  auto row = db_.prepare(select + "WHERE user = ?1 AND from_at <= ?2 AND until_at > ?2 ORDER BY id DESC");
  row.bind(user).bind(base::to_ns(at));
  return row.step() ? std::optional(mode_of(row)) : std::nullopt;
}

std::vector<domain::Mode> Modes::list() const {
  auto row = db_.prepare(select + "ORDER BY id DESC");
  return modes_of(row);
}

std::vector<domain::Mode> Modes::list(const std::string& user) const {
  auto row = db_.prepare(select + "WHERE user = ? ORDER BY id DESC");
  return modes_of(row.bind(user));
}

}  // namespace deskloom::state
