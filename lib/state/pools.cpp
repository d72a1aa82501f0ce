#include "state/pools.hpp"

namespace deskloom::state {
namespace {

const std::string select = "SELECT name, generation, applied_at, extra, extra_since FROM pools ";

PoolRecord pool_of(const base::Statement& row) {
  PoolRecord pool;
  pool.name = row.text(0);
  pool.generation = row.integer(1);
  if (const auto at = row.optional_integer(2)) pool.applied_at = base::from_ns(*at);
  pool.extra = static_cast<int>(row.integer(3));
  if (const auto since = row.optional_integer(4)) pool.extra_since = base::from_ns(*since);
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

void Pools::set_extra(const std::string& name, int extra, base::Timestamp at) const {
  ensure(name);
  db_.prepare("UPDATE pools SET extra = ?, extra_since = ?, generation = generation + 1 WHERE name = ?")
      .bind(extra)
      .bind(base::to_ns(at))
      .bind(name)
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
