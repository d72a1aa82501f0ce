#include "operation/app_watch.hpp"

#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "operation/app_part.hpp"
#include "operation/app_placing.hpp"
#include "operation/app_pools.hpp"
#include "operation/app_session.hpp"
#include "operation/power.hpp"
#include "operation/reclaim.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using domain::AppPart;
using domain::AppSession;
using domain::AppState;
using domain::FailureRule;
using domain::InstanceState;

constexpr int most_restarts = 5;
constexpr std::chrono::minutes soon{10};

// As many looks as the component allows to fail, and one is enough to be well.
PartLook look_patiently(const World& world, const domain::AppComponent& component, const AppPart& part) {
  if (!part.instance) return {false, "it has no instance"};
  const auto instance = world.state.instances.get(*part.instance);
  if (instance.state != InstanceState::serving)
    return {false, "instance " + instance.name + " is " + std::string(to_string(instance.state))};
  PartLook look;
  for (int tried = 1; tried <= component.health.retries; ++tried) {
    look = look_at_part(world, component, instance);
    if (look.is_well || !is_there(world, instance)) return look;
    if (tried < component.health.retries)
      std::this_thread::sleep_for(std::chrono::seconds(component.health.interval_s));
  }
  return look;
}

// One session, under its user's lease.
class Watcher {
 public:
  Watcher(const World& world, AppSession session, std::vector<AppEvent>& events)
      : world_(world), session_(std::move(session)), events_(events) {}

  void watch() {
    if (const auto why = why_over(); !why.empty()) return end(why, session_.state != AppState::ending);
    if (session_.state == AppState::failed) return end_left_parts();
    if (session_.state == AppState::starting) {
      start_application(world_, session_);
      note("", "resumed", "its start was cut off");
    }
    if (session_.state == AppState::running && session_.document) watch_parts();
  }

 private:
  void note(const std::string& component, const std::string& what, const std::string& detail) {
    events_.push_back({session_.user, session_.app, component, what, detail});
  }

  void end(const std::string& why, bool captures) {
    end_application(world_, session_, {.captures = captures, .why = why});
    note("", "ended", why);
  }

  // Of a start or a release that failed, what could not be ended then.
  void end_left_parts() {
    for (const AppPart& part : world_.state.app_parts.of(session_.id)) {
      try {
        end_part(world_, part);
        note(part.component, "ended", session_.error.value_or("the application failed"));
      } catch (const Error& e) {
        if (e.kind() == base::ErrorKind::interrupted) throw;
        note(part.component, "failed", e.what());
      }
    }
  }

  // Why there is no use of the application any more; empty: it goes on.
  std::string why_over() const {
    if (session_.state == AppState::ending) return session_.error.value_or("its release was cut off");
    const auto instance = world_.state.instances.get(session_.instance);
    if (!domain::holds_persona(instance.state) || !is_there(world_, instance))
      return "its instance " + instance.name + " is gone";
    // Pools of policy are looked after by 'pool apply'.
    const std::chrono::minutes grace(policy::Pool{}.grace_minutes);
    const bool is_left = instance.state == InstanceState::disconnected &&
                         is_own_pool(world_.policy, instance.pool) &&
                         instance.changed_at + grace <= world_.clock.now();
    return is_left ? "disconnected for more than " + std::to_string(grace.count()) + " minutes" : "";
  }

  void watch_parts() {
    const auto whole = app_whole(world_, session_.id);
    for (const AppPart& part : whole.parts) {
      const auto& component = whole.component(part.component);
      const auto look = look_patiently(world_, component, part);
      if (look.is_well) {
        keep(part);
      } else if (!try_to_repair(part, component.on_failure, look.complaint)) {
        return;
      }
    }
  }

  void keep(AppPart part) const {
    if (part.health == domain::PartHealth::healthy && part.restarts_since_well == 0) return;
    part.health = domain::PartHealth::healthy;
    part.restarts_since_well = 0;
    world_.state.app_parts.update(part);
  }

  // What fails is tried again the next time; the other components are looked after all the same.
  bool try_to_repair(const AppPart& part, FailureRule rule, const std::string& why) {
    try {
      return repair(part, rule, why);
    } catch (const Error& e) {
      if (e.kind() == base::ErrorKind::interrupted) throw;
      note(part.component, "failed", why + "; " + e.what());
      return true;
    }
  }

  // False when the session has ended by it.
  bool repair(AppPart part, FailureRule rule, const std::string& why) {
    if (rule == FailureRule::end || part.restarts_since_well >= most_restarts) {
      const std::string again =
          rule == FailureRule::end ? "" : ", after " + std::to_string(part.restarts_since_well) + " restarts";
      end("component " + part.component + " died" + again + ": " + why, true);
      return false;
    }
    const std::string host =
        rule == FailureRule::move ? other_host(world_, app_whole(world_, session_.id), part) : part.host;
    const bool is_moved = host != part.host;
    begin_anew(part, host);
    start_part(world_, session_.id, part.component);
    tell_parts(world_, app_whole(world_, session_.id));
    note(part.component, is_moved ? "moved" : "restarted", why);
    return true;
  }

  // Recorded before it is tried: what fails counts.
  void begin_anew(AppPart& part, const std::string& host) const {
    part.host = host;
    part.health = domain::PartHealth::dead;
    ++part.restarts;
    ++part.restarts_since_well;
    world_.state.app_parts.update(part);
  }

  const World& world_;
  AppSession session_;
  std::vector<AppEvent>& events_;
};

void watch_session(const World& world, const AppSession& seen, std::vector<AppEvent>& events) {
  try {
    const state::LeaseGuard lease(world.state.leases, "user:" + seen.user, "app watch",
                                  std::chrono::milliseconds(0));
    const auto session = world.state.apps.find(seen.id);
    if (session->state == AppState::ended) return;
    Watcher(world, *session, events).watch();
  } catch (const Error& e) {
    if (e.kind() == base::ErrorKind::interrupted) throw;
    if (e.kind() != base::ErrorKind::locked) events.push_back({seen.user, seen.app, "", "failed", e.what()});
  }
}

// Of sessions that were never begun, or ended without them: what a kill left. A command that is making one
// just now takes it soon.
void reclaim_left_over(const World& world, std::vector<AppEvent>& events) {
  for (const auto& instance : world.state.instances.list()) {
    const bool is_left =
        is_own_pool(world.policy, instance.pool) && instance.changed_at + soon <= world.clock.now() &&
        (instance.state == InstanceState::warm || instance.state == InstanceState::failed) &&
        !world.state.app_parts.of_instance(instance.name) && world.state.apps.open_on(instance.name).empty();
    if (!is_left) continue;
    try {
      reclaim(world, instance, "no application uses it");
      events.push_back({instance.user.value_or(""), instance.pool, "", "ended",
                        "instance " + instance.name + " was left over"});
    } catch (const Error& e) {
      if (e.kind() == base::ErrorKind::interrupted) throw;
      if (e.kind() != base::ErrorKind::locked)
        events.push_back({instance.user.value_or(""), instance.pool, "", "failed", e.what()});
    }
  }
}

}  // namespace

std::vector<AppEvent> watch_apps(const World& world) {
  recover(world, std::nullopt);
  std::vector<AppEvent> events;
  for (const AppSession& session : world.state.apps.open()) watch_session(world, session, events);
  reclaim_left_over(world, events);
  return events;
}

std::vector<AppEvent> look_at_apps(const World& world) {
  std::vector<AppEvent> events;
  for (const AppSession& session : world.state.apps.open()) {
    if (session.state != AppState::running || !session.document) continue;
    const auto whole = app_whole(world, session.id);
    for (const AppPart& part : whole.parts) {
      const auto look = look_patiently(world, whole.component(part.component), part);
      if (!look.is_well)
        events.push_back({session.user, session.app, part.component, "failed", look.complaint});
    }
  }
  return events;
}

}  // namespace deskloom::operation
