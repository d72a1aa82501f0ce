#include "state/snapshots.hpp"

#include "base/json.hpp"
#include "state/users.hpp"

namespace deskloom::state {
namespace {

std::string select(const std::string& rest) {
  return "SELECT id, user, instance, host, created_at, layers, files, size_bytes, read_bytes, added_bytes, "
         "elapsed_ms, skipped FROM snapshots " +
         rest;
}

std::uint64_t natural(const base::Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

domain::SnapshotRecord record_of(const base::Statement& row) {
  return {.id = row.text(0),
          .user = row.text(1),
          .instance = row.text(2),
          .host = row.text(3),
          .created_at = base::from_ns(row.integer(4)),
          .layers = base::parse_json(row.text(5), "layers of snapshot " + row.text(0)),
          .files = natural(row, 6),
          .size_bytes = natural(row, 7),
          .read_bytes = natural(row, 8),
          .added_bytes = natural(row, 9),
          .elapsed_ms = row.integer(10),
          .skipped = natural(row, 11)};
}

std::vector<domain::SnapshotRecord> all(base::Statement& row) {
  std::vector<domain::SnapshotRecord> records;
  while (row.step()) records.push_back(record_of(row));
  return records;
}

}  // namespace

void Snapshots::put(const domain::SnapshotRecord& record) const {
  base::Transaction transaction(db_);
  Users(db_).ensure(record.user, record.created_at);
  db_.prepare("INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
      .bind(record.id)
      .bind(record.user)
      .bind(record.instance)
      .bind(record.host)
      .bind(base::to_ns(record.created_at))
      .bind(base::Json(record.layers).dump())
      .bind(static_cast<std::int64_t>(record.files))
      .bind(static_cast<std::int64_t>(record.size_bytes))
      .bind(static_cast<std::int64_t>(record.read_bytes))
      .bind(static_cast<std::int64_t>(record.added_bytes))
      .bind(record.elapsed_ms)
      .bind(static_cast<std::int64_t>(record.skipped))
      .run();
  transaction.commit();
}

void Snapshots::remove(const std::string& id) const {
  db_.prepare("DELETE FROM snapshots WHERE id = ?").bind(id).run();
}

std::optional<domain::SnapshotRecord> Snapshots::find(const std::string& id) const {
  auto row = db_.prepare(select("WHERE id = ?"));
  return row.bind(id).step() ? std::optional(record_of(row)) : std::nullopt;
}

std::vector<domain::SnapshotRecord> Snapshots::beginning_with(const std::string& prefix,
                                                              const std::optional<std::string>& user) const {
  // No id goes past the greatest code point, so this range is what begins with the prefix.
  auto row =
      db_.prepare(select("WHERE id BETWEEN ? AND ? AND (?3 IS NULL OR user = ?3) ORDER BY id LIMIT 2"));
  row.bind(prefix).bind(prefix + "\U0010ffff").bind(user);
  return all(row);
}

std::optional<domain::SnapshotRecord> Snapshots::latest(const std::string& user) const {
  auto records = list(user, 1);
  return records.empty() ? std::nullopt : std::optional(std::move(records.front()));
}

std::vector<domain::SnapshotRecord> Snapshots::list(const std::optional<std::string>& user, int limit) const {
  const std::string where = user ? "WHERE user = ? " : "";
  auto row = db_.prepare(select(where + "ORDER BY created_at DESC, id LIMIT ?"));
  if (user) row.bind(*user);
  row.bind(limit);
  return all(row);
}

std::vector<Snapshots::Dated> Snapshots::since(base::Timestamp after) const {
  auto row =
      db_.prepare("SELECT id, user, created_at FROM snapshots WHERE created_at > ? ORDER BY created_at");
  row.bind(base::to_ns(after));
  std::vector<Dated> dates;
  while (row.step()) dates.push_back({row.text(0), row.text(1), base::from_ns(row.integer(2))});
  return dates;
}

std::vector<std::string> Snapshots::ids_beginning_with(const std::string& prefix) const {
  auto row = db_.prepare("SELECT id FROM snapshots WHERE id BETWEEN ? AND ? ORDER BY id");
  row.bind(prefix).bind(prefix + "\U0010ffff");
  std::vector<std::string> ids;
  while (row.step()) ids.push_back(row.text(0));
  return ids;
}

std::map<std::string, base::Timestamp> Snapshots::known_folders() const {
  auto row = db_.prepare("SELECT name, changed_at FROM snapshot_folders");
  std::map<std::string, base::Timestamp> folders;
  while (row.step()) folders[row.text(0)] = base::from_ns(row.integer(1));
  return folders;
}

void Snapshots::put_known_folder(const std::string& name, base::Timestamp changed_at) const {
  db_.prepare("INSERT OR REPLACE INTO snapshot_folders VALUES (?, ?)")
      .bind(name)
      .bind(base::to_ns(changed_at))
      .run();
}

// The index snapshots_user_newest has all of it.
std::vector<Snapshots::Dated> Snapshots::dates(const std::optional<std::string>& user) const {
  const std::string where = user ? "WHERE user = ? " : "";
  auto row = db_.prepare("SELECT id, user, created_at FROM snapshots " + where +
                         "ORDER BY user, created_at DESC, id");
  if (user) row.bind(*user);
  std::vector<Dated> dated;
  while (row.step()) dated.push_back({row.text(0), row.text(1), base::from_ns(row.integer(2))});
  return dated;
}

std::vector<std::string> Snapshots::users() const {
  auto row = db_.prepare("SELECT user FROM snapshot_counts WHERE snapshots > 0 ORDER BY user");
  std::vector<std::string> users;
  while (row.step()) users.push_back(row.text(0));
  return users;
}

std::int64_t Snapshots::count() const {
  auto row = db_.prepare("SELECT coalesce(sum(snapshots), 0) FROM snapshot_counts");
  row.step();
  return row.integer(0);
}

}  // namespace deskloom::state
