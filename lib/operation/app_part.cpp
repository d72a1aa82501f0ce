#include "operation/app_part.hpp"

#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "base/text.hpp"
#include "operation/app_pools.hpp"
#include "operation/power.hpp"
#include "operation/provision.hpp"
#include "operation/reclaim.hpp"
#include "operation/resize.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using base::ErrorKind;
using domain::AppComponent;
using domain::AppPart;
using domain::Instance;
using domain::InstanceState;
using std::chrono::seconds;

constexpr std::chrono::milliseconds first_pause{200};
constexpr std::size_t longest_words = 300;
// For the lease of a guest that has booted.
constexpr seconds address_patience{10};

// A second start is none: whoever makes the directory starts the program.
constexpr const char* start_once = "mkdir /etc/deskloom/started 2>/dev/null || exit 0; exec \"$@\"";

AppPart part_of(const AppWhole& whole, const std::string& component) {
  const auto found = std::ranges::find(whole.parts, component, &AppPart::component);
  if (found != whole.parts.end()) return *found;
  throw Error(ErrorKind::failed, "application session " + std::to_string(whole.session.id) +
                                     " has no component " + component + " any more");
}

bool serves_there(const World& world, const AppPart& part) {
  if (!part.instance) return false;
  const auto instance = world.state.instances.get(*part.instance);
  return instance.state == InstanceState::serving && instance.host == part.host && is_there(world, instance);
}

// Of a process that is dead: it would be resumed, and make what nobody wants any more.
void abandon_provisioning(const World& world, const std::string& instance) {
  for (const auto& operation : world.state.operations.running()) {
    const bool is_of_it =
        operation.instance == instance && operation.kind == domain::OperationKind::provision;
    if (is_of_it && !base::is_alive(operation.owner))
      world.state.operations.finish(operation.id, domain::OperationState::undone,
                                    "its application does without", world.clock.now());
  }
}

void end_instance(const World& world, const std::string& name) {
  abandon_provisioning(world, name);
  auto instance = world.state.instances.get(name);
  if (!domain::is_live(instance.state)) return;
  if (instance.state == InstanceState::reclaiming) {
    // Cut off in between: destroying is idempotent, and begins again.
    world.state.instances.transition(name, InstanceState::reclaiming, InstanceState::failed,
                                     "its reclaim was cut off", std::nullopt, world.clock.now());
    instance = world.state.instances.get(name);
  }
  reclaim(world, instance, "its application does without");
}

void make(const World& world, const AppWhole& whole, const AppComponent& component, AppPart& part) {
  if (part.instance) end_instance(world, *part.instance);
  const auto pool = component_pool(world.policy, whole.persona, component);
  auto transaction = world.state.transaction();
  const auto operation = begin_provision(
      world, pool, part.host, component.name + " of " + whole.session.app + " for " + whole.session.user);
  part.instance = operation.instance;
  part.address.clear();
  part.health = domain::PartHealth::unknown;
  world.state.app_parts.update(part);
  transaction.commit();
  ProvisionWork work(world, operation);
  run_operation(world, operation, work);
}

// Others would not be told of what has no address yet.
fleet::Address address_of(const World& world, const Instance& instance) {
  const auto& host = world.policy.host(instance.host);
  const bool gets_one = !runs_containers(host) && host.network != "user" && host.network != "none";
  const auto deadline = std::chrono::steady_clock::now() + address_patience;
  for (;; std::this_thread::sleep_for(first_pause)) {
    auto address = world.host(instance.host).address(instance.name);
    const bool is_late = std::chrono::steady_clock::now() >= deadline;
    if (!gets_one || !address.ip.empty() || is_late) return address;
  }
}

void serve(const World& world, AppPart& part) {
  const auto warm = world.state.instances.get(*part.instance);
  const auto full = resize(world, warm, warm.full);
  part.address = recorded_address(address_of(world, full));
  auto transaction = world.state.transaction();
  world.state.instances.transition(full.name, InstanceState::warm, InstanceState::serving,
                                   "serves as " + part.component, std::nullopt, world.clock.now());
  world.state.app_parts.update(part);
  transaction.commit();
}

// A container's program is what its Pod runs.
void start_program(const World& world, const AppComponent& component, const Instance& instance) {
  if (component.command.empty() || runs_containers(world.policy.host(instance.host))) return;
  std::vector<std::string> once{"/bin/sh", "-c", start_once, "sh"};
  const auto argv = with_environment(component.command);
  once.insert(once.end(), argv.begin(), argv.end());
  world.host(instance.host).exec_detached(instance.name, once);
}

void await_health(const World& world, const AppComponent& component, const Instance& instance) {
  const auto& health = component.health;
  const auto patience =
      std::max(seconds(world.policy.agent_timeout_s), seconds(health.interval_s) * health.retries);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::chrono::milliseconds pause = first_pause;
  for (;;) {
    const auto look = look_at_part(world, component, instance);
    if (look.is_well) return;
    if (!is_there(world, instance) || std::chrono::steady_clock::now() + pause >= deadline) {
      throw Error(
          ErrorKind::guest,
          "component " + component.name + " on instance " + instance.name + " is not well: " + look.complaint,
          "look at its \"command\" and \"health\", and what its image does");
    }
    std::this_thread::sleep_for(pause);
    pause = std::min<std::chrono::milliseconds>(pause * 2, seconds(health.interval_s));
  }
}

}  // namespace

PartLook look_at_part(const World& world, const AppComponent& component, const Instance& instance) {
  if (!is_there(world, instance)) return {false, "it is not running on host " + instance.host};
  const std::vector<std::string> answers{"/bin/sh", "-c", ":"};
  const auto argv = component.health.command.empty() ? answers : with_environment(component.health.command);
  try {
    const auto result =
        world.host(instance.host).exec(instance.name, argv, seconds(component.health.timeout_s));
    if (result.exit_code == 0) return {true, ""};
    const std::string words = base::printable(result.err.empty() ? result.out : result.err);
    return {false, "its health check ended with " + std::to_string(result.exit_code) +
                       (words.empty() ? "" : ": " + words.substr(0, longest_words))};
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::guest && e.kind() != ErrorKind::not_found) throw;
    return {false, e.what()};
  }
}

void start_part(const World& world, std::int64_t session, const std::string& name) {
  const auto whole = app_whole(world, session);
  const AppComponent& component = whole.component(name);
  AppPart part = part_of(whole, name);
  if (part.health == domain::PartHealth::dead || !serves_there(world, part)) {
    make(world, whole, component, part);
    serve(world, part);
  }
  const auto instance = world.state.instances.get(*part.instance);
  write_environment(world, instance, environment_of(world, app_whole(world, session), &component, instance));
  start_program(world, component, instance);
  await_health(world, component, instance);
  part.health = domain::PartHealth::healthy;
  world.state.app_parts.update(part);
}

void end_part(const World& world, const AppPart& part) {
  if (part.instance) end_instance(world, *part.instance);
  world.state.app_parts.remove(part.session, part.component);
}

void tell_parts(const World& world, const AppWhole& whole) {
  const auto desktop = world.state.instances.get(whole.session.instance);
  if (desktop.power == domain::Power::running)
    write_environment(world, desktop, environment_of(world, whole, nullptr, desktop));
  for (const AppPart& part : whole.parts) {
    if (!serves_there(world, part)) continue;
    const auto instance = world.state.instances.get(*part.instance);
    write_environment(world, instance,
                      environment_of(world, whole, &whole.component(part.component), instance));
  }
}

}  // namespace deskloom::operation
