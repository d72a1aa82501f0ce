#include "history/rollup.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "history/steps.hpp"

namespace deskloom::history {
namespace {

constexpr std::size_t hours_at_once = 24;

// "avg(cpu), avg(memory), …"
std::string of_each_metric(const std::string& function, const std::string& suffix) {
  std::vector<std::string> parts;
  for (const auto& [metric, name] : domain::metric_names)
    parts.push_back(function + "(" + std::string(name) + suffix + ")");
  return base::join(parts, ", ");
}

std::string five_minutes_of_samples() {
  return " INTO five_minutes SELECT at - at % 300, user, count(*), " + of_each_metric("avg", "") + ", " +
         of_each_metric("max", "") + " FROM samples WHERE at >= ? AND at < ? GROUP BY 1, 2";
}

std::string hours_of_five_minutes() {
  return " INTO hours SELECT at - at % 3600, user, sum(samples), " + of_each_metric("avg", "") + ", " +
         of_each_metric("max", "_max") + " FROM five_minutes WHERE at >= ? AND at < ? GROUP BY 1, 2";
}

class Rollup {
 public:
  explicit Rollup(const base::Database& db, const Kept& kept) : db_(db), kept_(kept) {}

  void roll(std::int64_t hour) {
    fill(five_minutes_of_samples(), hour, hour >= kept_.samples_from);
    fill(hours_of_five_minutes(), hour, hour >= kept_.five_minutes_from);
    db_.prepare("DELETE FROM unrolled_hours WHERE at = ?").bind(hour).run();
  }

 private:
  // Where some of what it is made from was removed, what was made of it before stays.
  void fill(const std::string& what, std::int64_t hour, bool is_complete) {
    db_.prepare(std::string(is_complete ? "INSERT OR REPLACE" : "INSERT OR IGNORE") + what)
        .bind(hour)
        .bind(hour + hour_s)
        .run();
  }

  const base::Database& db_;
  Kept kept_;
};

std::vector<std::int64_t> next_hours(const base::Database& db, std::int64_t until) {
  auto row = db.prepare("SELECT at FROM unrolled_hours WHERE at <= ? ORDER BY at LIMIT ?");
  row.bind(until - hour_s).bind(static_cast<std::int64_t>(hours_at_once));
  std::vector<std::int64_t> hours;
  while (row.step()) hours.push_back(row.integer(0));
  return hours;
}

std::uint64_t remove_before(const base::Database& db, const std::string& table, const std::string& column,
                            std::int64_t from) {
  db.prepare("DELETE FROM " + table + " WHERE " + column + " < ?").bind(from).run();
  return static_cast<std::uint64_t>(db.changes());
}

// A clock that was set back moves nothing back.
Kept moved_on(const Kept& kept, base::Timestamp now, const KeepRule& rule) {
  const auto from = [&](std::chrono::days days, std::int64_t before) {
    const auto hour = std::chrono::floor<std::chrono::hours>(now - days).time_since_epoch();
    return std::max(before, std::chrono::seconds(hour).count());
  };
  return {from(rule.samples, kept.samples_from), from(rule.five_minutes, kept.five_minutes_from),
          from(rule.all, kept.all_from)};
}

}  // namespace

RollupReport roll_up(Store& store, base::Timestamp now, const KeepRule& rule, bool dry_run) {
  const base::Database& db = store.db();
  std::optional<base::Transaction> all;  // never committed
  if (dry_run) all.emplace(db);
  const auto now_s = base::to_seconds(now);
  RollupReport report;
  for (;;) {
    base::Transaction transaction(db);
    Rollup rollup(db, store.kept());
    const auto hours = next_hours(db, now_s);
    for (const std::int64_t hour : hours) rollup.roll(hour);
    transaction.commit();
    report.hours += hours.size();
    if (hours.size() < hours_at_once) break;
  }
  base::Transaction transaction(db);
  const Kept kept = moved_on(store.kept(), now, rule);
  report.samples_removed = remove_before(db, "samples", "at", kept.samples_from);
  report.five_minutes_removed = remove_before(db, "five_minutes", "at", kept.five_minutes_from);
  for (const char* table : {"connections", "launches", "file_uses", "visits", "hours"})
    report.events_removed += remove_before(db, table, "at", kept.all_from);
  report.events_removed += remove_before(db, "calendar_spans", "end", kept.all_from);
  db.prepare("UPDATE kept SET samples_from = ?, five_minutes_from = ?, all_from = ?")
      .bind(kept.samples_from)
      .bind(kept.five_minutes_from)
      .bind(kept.all_from)
      .run();
  transaction.commit();
  return report;
}

}  // namespace deskloom::history
