#include "state/instances.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "state/instance_rows.hpp"
#include "state/pools.hpp"
#include "state/users.hpp"

namespace deskloom::state {
namespace {

using domain::InstanceState;

std::string select(const std::string& rest) {
  return "SELECT " + std::string(instance_columns) + " FROM instances " + rest;
}

[[noreturn]] void throw_not_found(const Instances& instances, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& instance : instances.list()) names.push_back(instance.name);
  const auto near = base::nearest(name, names);
  throw base::Error(base::ErrorKind::not_found, "there is no instance '" + base::printable(name) + "'",
                    near ? "did you mean '" + *near + "'?" : "list them with 'deskloom instance list'");
}

void require_legal(const std::string& name, InstanceState from, InstanceState to) {
  const std::string move = "instance '" + name + "' from " + std::string(domain::to_string(from)) + " to " +
                           std::string(domain::to_string(to));
  if (!domain::is_legal(from, to)) throw base::Error(base::ErrorKind::failed, "cannot move " + move);
  // It would hold a persona of nobody.
  if (from == InstanceState::warm && to == InstanceState::stitching)
    throw base::Error(base::ErrorKind::failed, "cannot move " + move + " without reserving it for a user");
}

const std::string transition_columns =
    "t.instance, t.from_state, t.to_state, t.cause, t.operation, t.at FROM instance_transitions AS t";

std::vector<domain::Transition> transitions_of(base::Statement& row) {
  std::vector<domain::Transition> transitions;
  while (row.step()) {
    domain::Transition transition{.instance = row.text(0),
                                  .from = std::nullopt,
                                  .to = domain::parse_instance_state(row.text(2)),
                                  .cause = row.text(3),
                                  .operation = row.optional_text(4),
                                  .at = base::from_ns(row.integer(5))};
    if (!row.is_null(1)) transition.from = domain::parse_instance_state(row.text(1));
    transitions.push_back(std::move(transition));
  }
  return transitions;
}

}  // namespace

domain::Allocation allocation_of(const base::Statement& row, int first) {
  const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(first + column)); };
  return {static_cast<std::uint32_t>(number(0)), number(1), number(2), number(3),
          static_cast<std::uint32_t>(number(4))};
}

void bind(base::Statement& statement, const domain::Allocation& allocation) {
  statement.bind(std::int64_t{allocation.vcpus})
      .bind(static_cast<std::int64_t>(allocation.memory_bytes))
      .bind(static_cast<std::int64_t>(allocation.network_bytes_s))
      .bind(static_cast<std::int64_t>(allocation.storage_bytes_s))
      .bind(std::int64_t{allocation.gpus});
}

domain::Instance instance_of(const base::Statement& row) {
  constexpr int allocations = 10, columns_each = 5;
  return {.name = row.text(0),
          .pool = row.text(1),
          .host = row.text(2),
          .image = row.text(3),
          .state = domain::parse_instance_state(row.text(4)),
          .user = row.optional_text(5),
          .allocation = allocation_of(row, allocations),
          .minimal = allocation_of(row, allocations + columns_each),
          .full = allocation_of(row, allocations + 2 * columns_each),
          .power = domain::parse_power(row.text(9)),
          .snapshot = row.optional_text(6),
          .created_at = base::from_ns(row.integer(7)),
          .changed_at = base::from_ns(row.integer(8))};
}

void record_transition(const base::Database& db, const domain::Transition& transition) {
  std::optional<std::string> from;
  if (transition.from) from = std::string(domain::to_string(*transition.from));
  db.prepare(
        "INSERT INTO instance_transitions (instance, from_state, to_state, cause, operation, at) "
        "VALUES (?, ?, ?, ?, ?, ?)")
      .bind(transition.instance)
      .bind(from)
      .bind(domain::to_string(transition.to))
      .bind(transition.cause)
      .bind(transition.operation)
      .bind(base::to_ns(transition.at))
      .run();
}

void Instances::create(const domain::Instance& instance, const std::string& cause,
                       const std::optional<std::string>& operation) const {
  base::Transaction transaction(db_);
  Pools(db_).ensure(instance.pool);
  if (instance.user) Users(db_).ensure(*instance.user, instance.created_at);
  auto insert =
      db_.prepare("INSERT INTO instances (" + std::string(instance_columns) +
                  ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(instance.name)
      .bind(instance.pool)
      .bind(instance.host)
      .bind(instance.image)
      .bind(domain::to_string(InstanceState::provisioning))
      .bind(instance.user)
      .bind(instance.snapshot)
      .bind(base::to_ns(instance.created_at))
      .bind(base::to_ns(instance.created_at))
      .bind(domain::to_string(instance.power));
  for (const domain::Allocation& allocation : {instance.allocation, instance.minimal, instance.full})
    bind(insert, allocation);
  insert.run();
  record_transition(db_, {.instance = instance.name,
                          .from = std::nullopt,
                          .to = InstanceState::provisioning,
                          .cause = cause,
                          .operation = operation,
                          .at = instance.created_at});
  transaction.commit();
}

std::optional<domain::Instance> Instances::find(const std::string& name) const {
  auto row = db_.prepare(select("WHERE name = ?"));
  return row.bind(name).step() ? std::optional(instance_of(row)) : std::nullopt;
}

domain::Instance Instances::get(const std::string& name) const {
  if (auto instance = find(name)) return *std::move(instance);
  throw_not_found(*this, name);
}

std::vector<domain::Instance> Instances::list(const InstanceFilter& filter) const {
  std::string where = "WHERE true";
  std::vector<std::string> values;
  const auto add = [&](const std::string& column, const std::optional<std::string>& value) {
    if (!value) return;
    where += " AND " + column + " = ?";
    values.push_back(*value);
  };
  add("pool", filter.pool);
  add("host", filter.host);
  add("user", filter.user);
  if (filter.state) {
    add("state", std::string(domain::to_string(*filter.state)));
  } else if (filter.live_only) {
    where += " AND state <> 'reclaimed'";
  }
  auto row = db_.prepare(select(where + " ORDER BY name"));
  for (const auto& value : values) row.bind(value);
  std::vector<domain::Instance> instances;
  while (row.step()) instances.push_back(instance_of(row));
  return instances;
}

std::optional<domain::Instance> Instances::of_user(const std::string& user) const {
  // The condition repeats that of the unique index, so that the index serves.
  auto row = db_.prepare(
      select("WHERE user = ? AND state IN ('stitching', 'persona-applied-available', 'connected', "
             "'disconnected', 'migrating')"));
  return row.bind(user).step() ? std::optional(instance_of(row)) : std::nullopt;
}

void Instances::transition(const std::string& name, InstanceState from, InstanceState to,
                           const std::string& cause, const std::optional<std::string>& operation,
                           base::Timestamp at) const {
  require_legal(name, from, to);
  base::Transaction transaction(db_);
  db_.prepare("UPDATE instances SET state = ?, changed_at = ? WHERE name = ? AND state = ?")
      .bind(domain::to_string(to))
      .bind(base::to_ns(at))
      .bind(name)
      .bind(domain::to_string(from))
      .run();
  if (db_.changes() == 0) {
    const std::string found(domain::to_string(get(name).state));
    throw base::Error(
        base::ErrorKind::locked,
        "instance '" + name + "' is " + found + " by now, not " + std::string(domain::to_string(from)),
        "another command moved it; look at 'deskloom instance show " + name + "'");
  }
  record_transition(db_, {name, from, to, cause, operation, at});
  transaction.commit();
}

void Instances::set_snapshot(const std::string& name, const std::string& snapshot) const {
  db_.prepare("UPDATE instances SET snapshot = ? WHERE name = ?").bind(snapshot).bind(name).run();
  if (db_.changes() == 0) throw_not_found(*this, name);
}

std::vector<domain::Transition> Instances::history(const std::string& name) const {
  auto row = db_.prepare("SELECT " + transition_columns + " WHERE t.instance = ? ORDER BY t.id");
  return transitions_of(row.bind(name));
}

std::vector<domain::Transition> Instances::moves_since(const std::string& pool, base::Timestamp after) const {
  auto row = db_.prepare("SELECT " + transition_columns +
                         " JOIN instances AS i ON i.name = t.instance "
                         "WHERE t.at > ? AND i.pool = ? ORDER BY t.id DESC");
  return transitions_of(row.bind(base::to_ns(after)).bind(pool));
}

int Instances::count_live(const std::string& pool) const {
  auto row = db_.prepare(
      "SELECT count(*) FROM instances WHERE pool = ? AND state <> 'reclaimed' AND state <> 'failed'");
  row.bind(pool).step();
  return static_cast<int>(row.integer(0));
}

std::map<std::string, std::map<InstanceState, int>> Instances::counts() const {
  auto row = db_.prepare(
      "SELECT pool, state, count(*) FROM instances WHERE state <> 'reclaimed' GROUP BY pool, state");
  std::map<std::string, std::map<InstanceState, int>> counts;
  while (row.step())
    counts[row.text(0)][domain::parse_instance_state(row.text(1))] = static_cast<int>(row.integer(2));
  return counts;
}

void Instances::each_connection(
    const std::function<void(const std::string& user, base::Timestamp at, bool is_connect)>& visit) const {
  auto row = db_.prepare(
      "SELECT i.user, t.at, t.to_state = 'connected' FROM instance_transitions AS t "
      "JOIN instances AS i ON i.name = t.instance "
      "WHERE i.user IS NOT NULL AND (t.to_state = 'connected') <> (coalesce(t.from_state, '') = 'connected') "
      "ORDER BY t.id");
  while (row.step()) visit(row.text(0), base::from_ns(row.integer(1)), row.integer(2) != 0);
}

}  // namespace deskloom::state
