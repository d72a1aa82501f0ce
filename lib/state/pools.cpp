#include "state/pools.hpp"

namespace deskloom::state {
namespace {

const std::string select = "SELECT name, generation, applied_at FROM pools ";

PoolRecord pool_of(const base::Statement& row) {
  PoolRecord pool{row.text(0), row.integer(1), std::nullopt};
  if (const auto at = row.optional_integer(2)) pool.applied_at = base::from_ns(*at);
  return pool;
}

}  // namespace

void Pools::ensure(const std::string& name) const {
  db_.prepare("INSERT INTO pools (name) VALUES (?) ON CONFLICT DO NOTHING").bind(name).run();
}

std::optional<PoolRecord> Pools::find(const std::string& name) const {
  auto row = db_.prepare(select + "WHERE name = ?");
  return row.bind(name).step() ? std::optional(pool_of(row)) : std::nullopt;
}

std::vector<PoolRecord> Pools::list() const {
  auto row = db_.prepare(select + "ORDER BY name");
  std::vector<PoolRecord> pools;
  while (row.step()) pools.push_back(pool_of(row));
  return pools;
}

void Pools::set_applied(const std::string& name, base::Timestamp at) const {
  db_.prepare(
         "INSERT INTO pools (name, applied_at) VALUES (?, ?) "
         "ON CONFLICT DO UPDATE SET applied_at = excluded.applied_at")
      .bind(name)
      .bind(base::to_ns(at))
      .run();
}

std::vector<std::int64_t> Pools::recent_durations_ms(const std::string& pool,
                                                     const std::string& operation_kind, int limit) const {
  auto row = db_.prepare(
      "SELECT (o.changed_at - o.started_at) / 1000000 "
      "FROM operations o JOIN instances i ON i.name = o.instance "
      "WHERE o.state = 'done' AND o.kind = ? AND i.pool = ? ORDER BY o.changed_at DESC LIMIT ?");
  row.bind(operation_kind).bind(pool).bind(limit);
  std::vector<std::int64_t> durations;
  while (row.step()) durations.push_back(row.integer(0));
  return durations;
}

}  // namespace deskloom::state
