#include "state/operations.hpp"

#include "base/error.hpp"

namespace deskloom::state {
namespace {

std::string select(const std::string& rest) {
  return "SELECT id, kind, instance, user, parameters, state, owner_pid, owner_start_ticks, owner_boot_id, "
         "error, started_at, changed_at FROM operations " +
         rest;
}

domain::Operation operation_of(const base::Statement& row) {
  return {
      .id = row.text(0),
      .kind = domain::parse_operation_kind(row.text(1)),
      .instance = row.text(2),
      .user = row.optional_text(3),
      .parameters = row.text(4),
      .state = domain::parse_operation_state(row.text(5)),
      .owner = {static_cast<pid_t>(row.integer(6)), static_cast<std::uint64_t>(row.integer(7)), row.text(8)},
      .error = row.optional_text(9),
      .started_at = base::from_ns(row.integer(10)),
      .changed_at = base::from_ns(row.integer(11))};
}

std::vector<domain::Operation> all(base::Statement& row) {
  std::vector<domain::Operation> operations;
  while (row.step()) operations.push_back(operation_of(row));
  return operations;
}

void require_changed(const base::Database& db, const std::string& what) {
  if (db.changes() == 0) throw base::Error(base::ErrorKind::not_found, "the journal has no " + what);
}

}  // namespace

void Operations::begin(const domain::Operation& operation) const {
  db_.prepare("INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(operation.id)
      .bind(domain::to_string(operation.kind))
      .bind(operation.instance)
      .bind(operation.user)
      .bind(operation.parameters)
      .bind(domain::to_string(operation.state))
      .bind(std::int64_t{operation.owner.pid})
      .bind(static_cast<std::int64_t>(operation.owner.start_ticks))
      .bind(operation.owner.boot_id)
      .bind(operation.error)
      .bind(base::to_ns(operation.started_at))
      .bind(base::to_ns(operation.changed_at))
      .run();
}

void Operations::begin_step(const std::string& id, const std::string& step, base::Timestamp at) const {
  // A step that a dead owner left unfinished begins again.
  db_.prepare(
         "INSERT INTO operation_steps (operation, name, started_at) VALUES (?, ?, ?) "
         "ON CONFLICT (operation, name) DO UPDATE SET started_at = excluded.started_at, finished_at = NULL")
      .bind(id)
      .bind(step)
      .bind(base::to_ns(at))
      .run();
}

void Operations::finish_step(const std::string& id, const std::string& step, base::Timestamp at) const {
  db_.prepare("UPDATE operation_steps SET finished_at = ? WHERE operation = ? AND name = ?")
      .bind(base::to_ns(at))
      .bind(id)
      .bind(step)
      .run();
  require_changed(db_, "step '" + step + "' of operation " + id);
}

bool Operations::step_begun(const std::string& id, const std::string& step) const {
  auto row = db_.prepare("SELECT 1 FROM operation_steps WHERE operation = ? AND name = ?");
  return row.bind(id).bind(step).step();
}

bool Operations::step_finished(const std::string& id, const std::string& step) const {
  auto row = db_.prepare(
      "SELECT 1 FROM operation_steps WHERE operation = ? AND name = ? AND finished_at IS NOT NULL");
  return row.bind(id).bind(step).step();
}

void Operations::set_parameters(const std::string& id, const std::string& json) const {
  db_.prepare("UPDATE operations SET parameters = ? WHERE id = ?").bind(json).bind(id).run();
  require_changed(db_, "operation " + id);
}

void Operations::finish(const std::string& id, domain::OperationState state,
                        const std::optional<std::string>& error, base::Timestamp at) const {
  db_.prepare("UPDATE operations SET state = ?, error = ?, changed_at = ? WHERE id = ? AND state = 'running'")
      .bind(domain::to_string(state))
      .bind(error)
      .bind(base::to_ns(at))
      .bind(id)
      .run();
  require_changed(db_, "running operation " + id);
}

bool Operations::take_over(const domain::Operation& seen, const base::ProcessIdentity& new_owner,
                           base::Timestamp at) const {
  if (base::is_alive(seen.owner)) return false;
  db_.prepare(
         "UPDATE operations SET owner_pid = ?, owner_start_ticks = ?, owner_boot_id = ?, changed_at = ? "
         "WHERE id = ? AND state = 'running' "
         "AND owner_pid = ? AND owner_start_ticks = ? AND owner_boot_id = ?")
      .bind(std::int64_t{new_owner.pid})
      .bind(static_cast<std::int64_t>(new_owner.start_ticks))
      .bind(new_owner.boot_id)
      .bind(base::to_ns(at))
      .bind(seen.id)
      .bind(std::int64_t{seen.owner.pid})
      .bind(static_cast<std::int64_t>(seen.owner.start_ticks))
      .bind(seen.owner.boot_id)
      .run();
  return db_.changes() != 0;
}

std::optional<domain::Operation> Operations::find(const std::string& id) const {
  auto row = db_.prepare(select("WHERE id = ?"));
  return row.bind(id).step() ? std::optional(operation_of(row)) : std::nullopt;
}

std::vector<domain::Operation> Operations::running() const {
  auto row = db_.prepare(select("WHERE state = 'running' ORDER BY started_at"));
  return all(row);
}

std::vector<domain::Operation> Operations::recent(int limit) const {
  auto row = db_.prepare(select("ORDER BY started_at DESC LIMIT ?"));
  row.bind(limit);
  return all(row);
}

std::optional<base::Timestamp> Operations::last_resize(const std::string& instance) const {
  auto row = db_.prepare(
      "SELECT max(changed_at) FROM operations "
      "WHERE instance = ? AND kind IN ('inflate', 'deflate') AND state = 'done'");
  row.bind(instance).step();
  const auto at = row.optional_integer(0);
  return at ? std::optional(base::from_ns(*at)) : std::nullopt;
}

std::vector<domain::OperationStep> Operations::steps(const std::string& id) const {
  auto row = db_.prepare(
      "SELECT name, started_at, finished_at FROM operation_steps WHERE operation = ? ORDER BY id");
  row.bind(id);
  std::vector<domain::OperationStep> steps;
  while (row.step()) {
    domain::OperationStep step{row.text(0), base::from_ns(row.integer(1)), std::nullopt};
    if (const auto at = row.optional_integer(2)) step.finished_at = base::from_ns(*at);
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace deskloom::state
