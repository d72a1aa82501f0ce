#include "operation/prune.hpp"

#include <limits>
#include <map>
#include <memory>

#include "base/error.hpp"
#include "operation/remove.hpp"

namespace deskloom::operation {
namespace {

using Records = std::vector<domain::SnapshotRecord>;

std::map<std::string, Records> by_user(const Catalogue& catalogue, const std::optional<std::string>& user) {
  std::map<std::string, Records> users;
  for (auto& record : catalogue.list(user, std::numeric_limits<int>::max()))
    users[record.user].push_back(std::move(record));
  return users;
}

struct Hold {
  bool is_free = true;
  std::unique_ptr<state::LeaseGuard> lease;
};

// Nothing of a user's goes while another command works on them.
Hold try_hold(const Catalogue& catalogue, const std::string& user) {
  try {
    return {true, catalogue.lease(user, "snapshot prune", std::chrono::milliseconds(0), {})};
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::locked) throw;
    return {false, nullptr};
  }
}

std::vector<plan::KeepDecision> decide(const Catalogue& catalogue, const Records& records,
                                       const plan::KeepRule& rule) {
  const auto held = catalogue.holders();
  std::vector<plan::Dated> dated;
  for (const auto& record : records) dated.push_back({record.id, record.created_at});
  auto decisions = plan::decide_what_to_keep(dated, rule);
  for (auto& decision : decisions) {
    const auto holder = held.find(decision.id);
    if (!decision.keep && holder != held.end()) decision = {decision.id, true, holder->second + " holds it"};
  }
  return decisions;
}

}  // namespace

std::vector<Pruned> prune(snapshot::Store& store, const Catalogue& catalogue,
                          const std::optional<std::string>& user, const plan::KeepRule& rule, bool dry_run) {
  std::vector<Pruned> result;
  for (auto& [name, records] : by_user(catalogue, user)) {
    const auto hold = dry_run ? Hold{} : try_hold(catalogue, name);
    auto decisions = decide(catalogue, records, rule);
    for (std::size_t i = 0; i < records.size(); ++i) {
      auto& decision = decisions[i];
      if (!decision.keep && !hold.is_free) decision = {decision.id, true, "another command works on " + name};
      if (!decision.keep && !dry_run) remove_snapshot(store, catalogue, decision.id);
      result.push_back({std::move(records[i]), std::move(decision)});
    }
  }
  return result;
}

}  // namespace deskloom::operation
