#include "base/error.hpp"
#include "state/instance_rows.hpp"
#include "state/instances.hpp"
#include "state/users.hpp"

// Handing a ghost to a user. Both ways run in one write transaction: two commands at once never take one
// instance twice, and never give one user two.
namespace deskloom::state {
namespace {

using domain::InstanceState;

void require_free_user(const Instances& instances, const std::string& user) {
  if (const auto held = instances.of_user(user))
    throw base::Error(base::ErrorKind::locked,
                      "user '" + user + "' already holds instance '" + held->name + "'",
                      "another command assigned it; run 'deskloom session assign " + user + "' again");
}

// chosen: a subquery that names the instance, with one parameter.
std::optional<domain::Instance> take_warm(const base::Database& db, const std::string& chosen,
                                          const std::string& parameter, const std::string& user,
                                          base::Timestamp at) {
  auto row = db.prepare(
      "UPDATE instances SET state = 'stitching', user = ?, changed_at = ? WHERE state = 'warm' AND name = " +
      chosen + " RETURNING " + std::string(instance_columns));
  row.bind(user).bind(base::to_ns(at)).bind(parameter);
  if (!row.step()) return std::nullopt;
  auto instance = instance_of(row);
  row.run();
  return instance;
}

}  // namespace

std::optional<domain::Instance> Instances::reserve_warm(const std::string& pool, const std::string& user,
                                                        const std::string& cause,
                                                        const std::optional<std::string>& operation,
                                                        base::Timestamp at) const {
  base::Transaction transaction(db_);
  require_free_user(*this, user);
  Users(db_).ensure(user, at);
  auto instance = take_warm(db_,
                            "(SELECT name FROM instances WHERE pool = ? AND state = 'warm' "
                            "AND state <> 'reclaimed' ORDER BY created_at, name LIMIT 1)",
                            pool, user, at);
  if (!instance) return std::nullopt;
  record_transition(db_,
                    {instance->name, InstanceState::warm, InstanceState::stitching, cause, operation, at});
  transaction.commit();
  return instance;
}

domain::Instance Instances::reserve(const std::string& name, const std::string& user,
                                    const std::string& cause, const std::optional<std::string>& operation,
                                    base::Timestamp at) const {
  base::Transaction transaction(db_);
  require_free_user(*this, user);
  Users(db_).ensure(user, at);
  auto instance = take_warm(db_, "?", name, user, at);
  if (!instance)
    throw base::Error(base::ErrorKind::locked,
                      "instance '" + name + "' is " + std::string(domain::to_string(get(name).state)) +
                          " and cannot be taken for user '" + user + "'",
                      "only a warm instance can be taken");
  record_transition(db_, {name, InstanceState::warm, InstanceState::stitching, cause, operation, at});
  transaction.commit();
  return *std::move(instance);
}

}  // namespace deskloom::state
