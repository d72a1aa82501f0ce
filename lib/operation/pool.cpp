#include "operation/pool.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "base/error_text.hpp"
#include "fleet/image.hpp"
#include "operation/handing.hpp"
#include "operation/orphans.hpp"
#include "operation/plan_validity.hpp"
#include "operation/pool_hosts.hpp"
#include "operation/provision.hpp"
#include "operation/reclaim.hpp"
#include "operation/shadow.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using plan::ActionKind;

// Who is served by another command just now has a desktop: not to be waited for, with a host open.
std::string make_shadow(const World& world, const policy::Pool& pool, const std::string& user) {
  const state::LeaseGuard lease(world.state.leases, "user:" + user, "pool apply",
                                std::chrono::milliseconds(0));
  return start_shadow(world, pool, user).name;
}

ActionOutcome run_action(const World& world, const policy::Pool& pool, const plan::PoolAction& action) {
  ActionOutcome outcome{action, action.instance.value_or(""), {}};
  try {
    switch (action.kind) {
      case ActionKind::reclaim:
        reclaim(world, world.state.instances.get(*action.instance), action.reason);
        break;
      case ActionKind::provision:
        outcome.instance = provision(world, pool, choose_pool_host(world, pool), action.reason);
        break;
      case ActionKind::shadow:
        outcome.instance = make_shadow(world, pool, *action.user);
        break;
    }
  } catch (const Error& e) {
    outcome.error = base::with_hint(e);
  }
  return outcome;
}

// One worker's share. A store of its own: a transaction belongs to a connection, not to a thread.
class Workers {
 public:
  Workers(const World& world, const policy::Pool& pool, const std::function<bool()>& stop)
      : world_(world), pool_(pool), stop_(stop) {}

  std::vector<ActionOutcome> run(const std::vector<plan::PoolAction>& actions) {
    actions_ = &actions;
    next_ = 0;
    outcomes_.assign(actions.size(), {});
    const std::size_t count =
        std::min<std::size_t>(actions.size(), static_cast<std::size_t>(std::max(1, pool_.parallel)));
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back([this] { work(); });
    threads.clear();
    return std::move(outcomes_);
  }

 private:
  // Hosts are opened, and people are told, one at a time.
  template <typename Function>
  decltype(auto) locked(const Function& function, const std::string& argument) {
    const std::lock_guard guard(mutex_);
    return function(argument);
  }

  void work() {
    const state::Store store(world_.policy.state_file(), state::Store::Access::write);
    base::NoProgress no_progress;
    const World own{
        .policy = world_.policy,
        .state = store,
        .clock = world_.clock,
        .random = world_.random,
        .progress = no_progress,
        .host = [this](const std::string& name) -> fleet::Runtime& { return locked(world_.host, name); },
        .snapshots = world_.snapshots,
        .install_helper = world_.install_helper,
        .connect = world_.connect,
        .volume_server = world_.volume_server,
        .say = [this](const std::string& message) { locked(world_.say, message); }};
    for (std::size_t i = next_++; i < actions_->size(); i = next_++) {
      outcomes_[i] = stop_() ? ActionOutcome{(*actions_)[i], "", "interrupted before it began"}
                             : run_action(own, pool_, (*actions_)[i]);
    }
  }

  const World& world_;
  const policy::Pool& pool_;
  const std::function<bool()>& stop_;
  const std::vector<plan::PoolAction>* actions_ = nullptr;
  std::atomic<std::size_t> next_ = 0;
  std::vector<ActionOutcome> outcomes_;
  std::mutex mutex_;
};

}  // namespace

int mark_lost_instances(const World& world, const policy::Pool& pool) {
  state::InstanceFilter filter;
  filter.pool = pool.name;
  const auto lost = lost_instances(world, filter);
  for (const auto& instance : lost) mark_lost(world, instance);
  return static_cast<int>(lost.size());
}

std::vector<ActionOutcome> apply_plan(const World& world, const policy::Pool& pool,
                                      const plan::PoolPlan& plan, const std::function<bool()>& stop) {
  std::vector<plan::PoolAction> reclaims, provisions, shadows;
  for (const auto& action : left_to_do(world.state, pool, plan)) {
    if (action.kind == ActionKind::reclaim) reclaims.push_back(action);
    if (action.kind == ActionKind::provision) provisions.push_back(action);
    if (action.kind == ActionKind::shadow) shadows.push_back(action);
  }
  // Before anything is made that could only fail.
  if (!provisions.empty()) static_cast<void>(fleet::load_image(world.policy.image_dir, pool.image));
  Workers workers(world, pool, stop);
  auto outcomes = workers.run(reclaims);
  // Shadows are made of ghosts.
  for (const auto& actions : {provisions, shadows}) {
    for (auto& outcome : workers.run(actions)) outcomes.push_back(std::move(outcome));
  }
  world.state.pools.ensure(pool.name);
  world.state.pools.set_applied(pool.name, world.clock.now());
  return outcomes;
}

}  // namespace deskloom::operation
