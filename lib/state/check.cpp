#include "base/error.hpp"
#include "domain/instance.hpp"
#include "state/store.hpp"

namespace deskloom::state {
namespace {

using Problems = std::vector<CheckProblem>;

const std::string restore = "restore the newest copy made by 'deskloom state backup'";

// Damage to the schema itself stops SQLite before its first row: that is a finding too.
void check_pages(const base::Database& db, Problems& problems) {
  const auto add = [&](const std::string& what) {
    problems.push_back({"file", "SQLite finds it damaged: " + what, restore});
  };
  try {
    auto row = db.prepare("PRAGMA integrity_check");
    while (row.step()) {
      if (row.text(0) != "ok") add(row.text(0));
    }
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::corrupt) throw;
    add(e.what());
  }
}

void check_references(const base::Database& db, Problems& problems) {
  auto row = db.prepare("SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check GROUP BY 1, 2");
  while (row.step())
    problems.push_back({"table " + row.text(0),
                        std::to_string(row.integer(2)) + " rows name " + row.text(1) + " that do not exist",
                        restore});
}

// Each row: an object, what is wrong with it.
void check_rows(const base::Database& db, const std::string& query, const std::string& fix,
                Problems& problems) {
  auto row = db.prepare(query);
  while (row.step()) problems.push_back({row.text(0), row.text(1), fix});
}

bool is_known(const std::string& state) {
  try {
    domain::parse_instance_state(state);
    return true;
  } catch (const base::Error&) {
    return false;
  }
}

bool is_legal_step(const std::string& from, const std::string& to) {
  return is_known(from) && is_known(to) &&
         domain::is_legal(domain::parse_instance_state(from), domain::parse_instance_state(to));
}

// Every recorded step starts where the one before ended, is legal, and the last one led to the present state.
void check_histories(const base::Database& db, Problems& problems) {
  auto row = db.prepare(
      "SELECT i.name, i.state, t.from_state, t.to_state, lag(t.to_state) OVER steps, "
      "lead(t.to_state) OVER steps IS NULL "
      "FROM instances i LEFT JOIN instance_transitions t ON t.instance = i.name "
      "WINDOW steps AS (PARTITION BY i.name ORDER BY t.id)");
  while (row.step()) {
    const std::string object = "instance " + row.text(0);
    const std::string from = row.text(2);
    const std::string to = row.text(3);
    const bool first = row.is_null(4);
    const bool follows = first ? row.is_null(2) && to == "provisioning" : from == row.text(4);
    if (!follows || (!first && !is_legal_step(from, to)))
      problems.push_back({object, "its history has a step from '" + from + "' to '" + to + "'", restore});
    if (row.integer(5) != 0 && to != row.text(1))
      problems.push_back({object, "it is '" + row.text(1) + "', but its history ends with '" + to + "'",
                          "reclaim it: deskloom instance reclaim " + row.text(0)});
  }
}

void check_invariants(const base::Database& db, Problems& problems) {
  check_rows(db,
             "SELECT 'user ' || user, 'holds ' || count(*) || ' instances at once: ' || "
             "group_concat(name, ', ') FROM instances WHERE state IN ('stitching', "
             "'persona-applied-available', 'connected', 'disconnected', 'migrating') "
             "GROUP BY user HAVING count(*) > 1",
             "reclaim all but one", problems);
  check_rows(db,
             "SELECT 'operation ' || o.id, 'it runs for instance ''' || o.instance || ''', which is not "
             "there' FROM operations o LEFT JOIN instances i ON i.name = o.instance "
             "WHERE o.state = 'running' AND i.name IS NULL",
             restore, problems);
  check_rows(db,
             "SELECT 'user ' || u.name, 'has ' || count(s.id) || ' snapshots, but ' || "
             "coalesce(c.snapshots, 0) || ' are counted' FROM users u LEFT JOIN snapshots s ON s.user = "
             "u.name LEFT JOIN snapshot_counts c ON c.user = u.name GROUP BY u.name "
             "HAVING count(s.id) <> coalesce(c.snapshots, 0)",
             restore, problems);
}

}  // namespace

std::vector<CheckProblem> Store::check() const {
  Problems problems;
  check_pages(db_, problems);
  // Rows of damaged pages prove nothing.
  if (!problems.empty()) return problems;
  check_references(db_, problems);
  check_histories(db_, problems);
  check_invariants(db_, problems);
  return problems;
}

}  // namespace deskloom::state
