#include "operation/provision.hpp"

#include "base/text.hpp"
#include "fleet/image.hpp"
#include "operation/app_pools.hpp"
#include "operation/app_wiring.hpp"
#include "operation/power.hpp"
#include "operation/resize.hpp"

namespace deskloom::operation {

using domain::InstanceState;

namespace {

// The agent answers while services, the users' session bus among them, are still starting. A unit that failed
// ("degraded") is the image's business.
constexpr const char* wait_until_booted =
    "[ -d /run/systemd/system ] || exit 0; "
    "while :; do case $(systemctl is-system-running) in "
    "initializing|starting|'') sleep 0.2;; *) exit 0;; esac; done";

// Names of reclaimed instances stay on record, so that in time one comes up again.
std::string unused_name(const World& world, const policy::Pool& pool) {
  while (true) {
    auto name = domain::instance_name(pool.name, world.random.hex(domain::instance_digits));
    if (!world.state.instances.find(name)) return name;
  }
}

}  // namespace

domain::Operation begin_provision(const World& world, const policy::Pool& pool, const std::string& host,
                                  const std::string& cause) {
  domain::Instance instance;
  instance.pool = pool.name;
  instance.host = host;
  instance.image = pool.image;
  instance.minimal = pool.minimal();
  instance.full = pool.full();
  instance.allocation = instance.minimal;
  instance.created_at = world.clock.now();
  instance.changed_at = instance.created_at;

  const auto room = host_memory(world, host);
  auto transaction = world.state.transaction();
  instance.name = unused_name(world, pool);
  world.state.pools.ensure(pool.name);
  if (const int there = world.state.instances.count_live(pool.name); there >= pool.max)
    throw base::Error(base::ErrorKind::failed,
                      "pool " + pool.name + " cannot have another instance: it has " + std::to_string(there) +
                          ", and max is " + std::to_string(pool.max),
                      "raise 'max' in [pool." + pool.name + "], or let 'deskloom pool apply' reclaim some");
  auto operation = begin_operation(world, new_operation_id(world), domain::OperationKind::provision,
                                   instance.name, std::nullopt, base::Json::object());
  world.state.instances.create(instance, cause, operation.id);
  world.state.instances.require_memory(instance, room);  // another may have come there since it was chosen
  transaction.commit();
  return operation;
}

ProvisionWork::ProvisionWork(const World& world, const domain::Operation& operation)
    : world_(world), operation_(operation), instance_(world.state.instances.get(operation.instance)) {}

const fleet::InstanceSpec& ProvisionWork::spec() {
  if (!spec_) spec_ = instance_spec(world_, instance_);
  return *spec_;
}

std::vector<Step> ProvisionWork::steps() {
  const auto& name = instance_.name;
  return {{"create-disks", [this] { runtime().create_disks(spec()); }},
          {"start", [this] { runtime().start(spec()); }},
          {"wait-for-agent",
           [this, &name] {
             runtime().wait_for_agent(name, std::chrono::seconds(world_.policy.agent_timeout_s));
           }},
          {"wait-for-boot", [this] { wait_for_boot(); }},
          {"install-helper", [this] { install_helper(); }},
          {"limit", [this] { limit(); }},
          {"rest", [this] { rest_as_ghost(); }},
          {"mark-warm", [this] { mark_warm(); }}};
}

void ProvisionWork::wait_for_boot() const {
  const auto limit = std::chrono::seconds(world_.policy.agent_timeout_s);
  const auto waited = runtime().exec(instance_.name, {"/bin/sh", "-c", wait_until_booted}, limit);
  if (waited.exit_code != 0) {
    throw base::Error(base::ErrorKind::guest, "instance " + instance_.name +
                                                  " cannot say whether its boot has ended: " +
                                                  base::printable(waited.err).substr(0, 300));
  }
}

// A component has no persona that the helper could bring.
void ProvisionWork::install_helper() const {
  if (!world_.state.app_parts.of_instance(instance_.name)) world_.install_helper(runtime(), instance_.name);
}

// Not before it has booted: that is what it may be quick at.
void ProvisionWork::limit() const {
  const auto& has = instance_.minimal;
  if (has.network_bytes_s != 0) runtime().set_network_limit(instance_.name, has.network_bytes_s);
  if (has.storage_bytes_s != 0) runtime().set_storage_limit(instance_.name, has.storage_bytes_s);
}

void ProvisionWork::rest_as_ghost() const {
  const auto pool = world_.policy.pools.find(instance_.pool);
  if (pool == world_.policy.pools.end()) return;
  rest(world_, world_.state.instances.get(instance_.name), resting_power(pool->second));
}

void ProvisionWork::mark_warm() const {
  // Already so when the process died between this step and its record.
  if (world_.state.instances.get(instance_.name).state != InstanceState::provisioning) return;
  world_.state.instances.transition(instance_.name, InstanceState::provisioning, InstanceState::warm,
                                    "provisioned", operation_.id, world_.clock.now());
}

void ProvisionWork::undo(const base::Error& why) {
  world_.state.instances.transition(instance_.name, InstanceState::provisioning, InstanceState::failed,
                                    why.what(), operation_.id, world_.clock.now());
}

fleet::InstanceSpec instance_spec(const World& world, const domain::Instance& instance) {
  auto looks = looks_of_component(world, instance);
  const auto image = looks ? looks->image : instance_image(world.policy, instance.pool, instance.image);
  if (instance.minimal.memory_bytes < image.minimum_memory_bytes) {
    throw base::Error(base::ErrorKind::usage,
                      "pool " + instance.pool + " gives an instance " +
                          std::to_string(instance.minimal.memory_bytes >> 20) +
                          " MiB of memory to boot with, but image " + image.name + " needs " +
                          std::to_string(image.minimum_memory_bytes >> 20) + " MiB",
                      "raise 'minimal_memory' and 'memory' in [pool." + instance.pool + "]");
  }
  fleet::InstanceSpec spec;
  spec.name = instance.name;
  spec.image = image;
  spec.allocation = instance.minimal;
  spec.full = instance.full;
  spec.network = world.policy.host(instance.host).network;
  spec.directory = instance_directory(world.policy, instance);
  spec.accelerator = world.host(instance.host).probe().accelerator;
  if (looks) spec.environment = std::move(looks->environment);
  return spec;
}

std::string provision(const World& world, const policy::Pool& pool, const std::string& host,
                      const std::string& cause) {
  const auto operation = begin_provision(world, pool, host, cause);
  ProvisionWork work(world, operation);
  run_operation(world, operation, work);
  return operation.instance;
}

std::filesystem::path instance_root(const policy::Policy& policy, const std::string& host) {
  const auto found = policy.hosts.find(host);
  const bool own = found != policy.hosts.end() && found->second.instance_dir.has_value();
  return own ? *found->second.instance_dir : policy.state_dir / "instances";
}

std::filesystem::path instance_directory(const policy::Policy& policy, const domain::Instance& instance) {
  return instance_root(policy, instance.host) / instance.name;
}

}  // namespace deskloom::operation
