#include "state/pools.hpp"

namespace deskloom::state {
namespace {

const std::string select = "SELECT name, applied_at, extra, extra_since FROM pools ";

PoolRecord pool_of(const base::Statement& row) {
  PoolRecord pool;
  pool.name = row.text(0);
  if (const auto at = row.optional_integer(1)) pool.applied_at = base::from_ns(*at);
  pool.extra = static_cast<int>(row.integer(2));
  if (const auto since = row.optional_integer(3)) pool.extra_since = base::from_ns(*since);
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
  db_.prepare("UPDATE pools SET extra = ?, extra_since = ? WHERE name = ?")
      .bind(extra)
      .bind(base::to_ns(at))
      .bind(name)
      .run();
}

// The newest are picked before their steps are summed, however many there are.
std::vector<std::int64_t> Pools::durations_ms(const std::string& pool, const std::string& operation_kind,
                                              const std::string& condition, int limit) const {
  auto row = db_.prepare(
      "WITH newest AS MATERIALIZED (SELECT o.id, o.changed_at "
      "FROM operations o JOIN instances i ON i.name = o.instance "
      "WHERE o.state = 'done' AND o.kind = ? AND i.pool = ?" +
      condition +
      " ORDER BY o.changed_at DESC LIMIT ?) "
      "SELECT sum(s.finished_at - s.started_at) / 1000000 "
      "FROM newest JOIN operation_steps s ON s.operation = newest.id "
      "GROUP BY newest.id ORDER BY newest.changed_at DESC");
  row.bind(operation_kind).bind(pool).bind(limit);
  std::vector<std::int64_t> durations;
  while (row.step()) durations.push_back(row.integer(0));
  return durations;
}

std::vector<std::int64_t> Pools::recent_durations_ms(const std::string& pool,
                                                     const std::string& operation_kind, int limit) const {
  return durations_ms(pool, operation_kind, "", limit);
}

std::vector<std::int64_t> Pools::recent_full_inflations_ms(const std::string& pool, int limit) const {
  return durations_ms(pool, "inflate",
                      " AND json_extract(o.parameters, '$.from.vcpus') = i.minimal_vcpus"
                      " AND json_extract(o.parameters, '$.from.memory_bytes') = i.minimal_memory_bytes"
                      " AND json_extract(o.parameters, '$.to.vcpus') = i.full_vcpus"
                      " AND json_extract(o.parameters, '$.to.memory_bytes') = i.full_memory_bytes",
                      limit);
}

}  // namespace deskloom::state
