#include "operation/prune.hpp"

#include <limits>
#include <map>
#include <memory>

#include "base/error.hpp"
#include "base/json.hpp"

namespace deskloom::operation {
namespace {

using Records = std::vector<domain::SnapshotRecord>;

std::map<std::string, Records> by_user(const World& world, const std::optional<std::string>& user) {
  std::map<std::string, Records> users;
  for (auto& record : world.state.snapshots.list(user, std::numeric_limits<int>::max()))
    users[record.user].push_back(std::move(record));
  return users;
}

// Snapshot to what holds it: an instance that it was put on, from which applications are brought back, or an
// operation that was killed and will be resumed.
std::map<std::string, std::string> held_snapshots(const World& world) {
  std::map<std::string, std::string> held;
  for (const auto& instance : world.state.instances.list()) {
    if (instance.snapshot) held[*instance.snapshot] = "instance " + instance.name;
  }
  for (const auto& operation : world.state.operations.running()) {
    const auto parameters = base::parse_json(operation.parameters, "operation " + operation.id);
    if (parameters.contains("snapshot") && parameters["snapshot"].is_string())
      held[parameters["snapshot"]] = "operation " + operation.id;
  }
  return held;
}

// Nothing of a user's goes while another command works on them.
std::unique_ptr<state::LeaseGuard> try_lease(const World& world, const std::string& user) {
  try {
    return std::make_unique<state::LeaseGuard>(world.state.leases, "user:" + user, "snapshot prune",
                                               std::chrono::milliseconds(0));
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::locked) throw;
    return nullptr;
  }
}

std::vector<plan::KeepDecision> decide(const World& world, const Records& records,
                                       const plan::KeepRule& rule) {
  const auto held = held_snapshots(world);
  std::vector<plan::Dated> dated;
  for (const auto& record : records) dated.push_back({record.id, record.created_at});
  auto decisions = plan::decide_what_to_keep(dated, rule);
  for (auto& decision : decisions) {
    const auto holder = held.find(decision.id);
    if (!decision.keep && holder != held.end()) decision = {decision.id, true, holder->second + " holds it"};
  }
  return decisions;
}

// The record first: killed in between, the snapshot is found again by the next capture, and pruned again.
void remove(const World& world, const std::string& id) {
  world.state.snapshots.remove(id);
  try {
    world.snapshots().remove(id);
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::not_found) throw;
  }
}

}  // namespace

std::vector<Pruned> prune(const World& world, const std::optional<std::string>& user,
                          const plan::KeepRule& rule, bool dry_run) {
  std::vector<Pruned> result;
  for (auto& [name, records] : by_user(world, user)) {
    const auto lease = dry_run ? nullptr : try_lease(world, name);
    auto decisions = decide(world, records, rule);
    for (std::size_t i = 0; i < records.size(); ++i) {
      auto& decision = decisions[i];
      if (!decision.keep && !dry_run && !lease)
        decision = {decision.id, true, "another command works on " + name};
      if (!decision.keep && !dry_run) remove(world, decision.id);
      result.push_back({std::move(records[i]), std::move(decision)});
    }
  }
  return result;
}

}  // namespace deskloom::operation
