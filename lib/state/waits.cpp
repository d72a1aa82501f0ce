#include "state/waits.hpp"

namespace deskloom::state {

void Waits::add(const Wait& wait) const {
  db_.prepare(
         "INSERT INTO waits (user, instance, pool, action, requested_at, waited_ms) "
         "VALUES (?, ?, ?, ?, ?, ?)")
      .bind(wait.user)
      .bind(wait.instance)
      .bind(wait.pool)
      .bind(wait.action)
      .bind(base::to_ns(wait.requested_at))
      .bind(wait.waited_ms)
      .run();
}

bool Waits::has_any(const domain::Instance& instance) const {
  auto row = db_.prepare(
      "SELECT 1 FROM waits WHERE instance = ? "
      "AND requested_at + (waited_ms + 1) * 1000000 >= ? LIMIT 1");  // whole milliseconds are kept
  row.bind(instance.name).bind(base::to_ns(instance.changed_at));
  return row.step();
}

std::optional<base::Timestamp> Waits::last(const std::string& instance) const {
  auto row = db_.prepare("SELECT max(requested_at) FROM waits WHERE instance = ?");
  row.bind(instance).step();
  const auto at = row.optional_integer(0);
  return at ? std::optional(base::from_ns(*at)) : std::nullopt;
}

std::vector<Wait> Waits::recent(const std::optional<std::string>& pool, int limit) const {
  auto row = db_.prepare(
      "SELECT user, instance, pool, action, requested_at, waited_ms FROM waits "
      "WHERE pool = coalesce(?, pool) ORDER BY requested_at DESC, id DESC LIMIT ?");
  row.bind(pool).bind(std::int64_t{limit});
  std::vector<Wait> waits;
  while (row.step()) {
    waits.push_back(
        {row.text(0), row.text(1), row.text(2), row.text(3), base::from_ns(row.integer(4)), row.integer(5)});
  }
  return waits;
}

}  // namespace deskloom::state
