#include "history/counters.hpp"

#include "history/steps.hpp"

namespace deskloom::history {
std::optional<Counters> last_counters(const Store& store, const std::string& instance) {
  auto row = store.db().prepare(
      "SELECT at_ns, cpu_ns, network_bytes, storage_bytes FROM counters WHERE instance = ?");
  if (!row.bind(instance).step()) return std::nullopt;
  const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  return Counters{base::from_ns(row.integer(0)), number(1), number(2), number(3)};
}

void put_counters(Store& store, const std::string& instance, const Counters& counters) {
  store.db()
      .prepare("INSERT OR REPLACE INTO counters VALUES (?, ?, ?, ?, ?)")
      .bind(instance)
      .bind(base::to_ns(counters.at))
      .bind(static_cast<std::int64_t>(counters.cpu_ns))
      .bind(static_cast<std::int64_t>(counters.network_bytes))
      .bind(static_cast<std::int64_t>(counters.storage_bytes))
      .run();
}

void forget_counters(Store& store, base::Timestamp before) {
  store.db().prepare("DELETE FROM counters WHERE at_ns < ?").bind(base::to_ns(before)).run();
}

std::optional<base::Timestamp> snapshots_seen_until(const Store& store) {
  auto row = store.db().prepare("SELECT snapshots_seen FROM kept");
  row.step();
  return row.is_null(0) ? std::nullopt : std::optional(base::from_ns(row.integer(0)));
}

void put_snapshots_seen(Store& store, base::Timestamp until) {
  store.db().prepare("UPDATE kept SET snapshots_seen = ?").bind(base::to_ns(until)).run();
}

std::optional<base::Timestamp> launch_near(const Store& store, const std::string& user,
                                           const std::string& application, base::Timestamp at,
                                           std::chrono::seconds tolerance) {
  auto row = store.db().prepare(
      "SELECT at FROM launches WHERE at BETWEEN ? AND ? AND user = (SELECT id FROM names WHERE kind = 1 AND "
      "name = ?) "
      "AND application = (SELECT id FROM names WHERE kind = 2 AND name = ?) ORDER BY abs(at - ?) LIMIT 1");
  row.bind(base::to_seconds(at - tolerance))
      .bind(base::to_seconds(at + tolerance))
      .bind(user)
      .bind(application);
  if (!row.bind(base::to_seconds(at)).step()) return std::nullopt;
  return base::from_seconds(row.integer(0));
}

}  // namespace deskloom::history
