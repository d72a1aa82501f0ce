#include "operation/resize.hpp"

#include <algorithm>

#include "operation/app_pools.hpp"
#include "operation/power.hpp"

namespace deskloom::operation {
namespace {

using base::Json;
using domain::Allocation;
using domain::Resource;

constexpr auto guest_patience = std::chrono::seconds(15);

Json to_json(const Allocation& allocation) {
  return {{"vcpus", allocation.vcpus},
          {"memory_bytes", allocation.memory_bytes},
          {"network_bytes_s", allocation.network_bytes_s},
          {"storage_bytes_s", allocation.storage_bytes_s},
          {"gpus", allocation.gpus}};
}

Allocation allocation_from(const Json& json) {
  return {json.at("vcpus"), json.at("memory_bytes"), json.at("network_bytes_s"), json.at("storage_bytes_s"),
          json.at("gpus")};
}

// While it moves, an instance counts as having the larger of both.
Allocation booked(const Allocation& from, const Allocation& to) {
  Allocation most = from;
  most.memory_bytes = std::max(from.memory_bytes, to.memory_bytes);
  most.gpus = std::max(from.gpus, to.gpus);
  return most;
}

domain::Operation begin(const World& world, const domain::Instance& seen, const Allocation& to) {
  const bool grows = !domain::is_within(to, seen.allocation);
  const auto room = to.memory_bytes > seen.allocation.memory_bytes
                        ? std::optional(host_memory(world, seen.host))
                        : std::nullopt;
  auto transaction = world.state.transaction();
  std::vector<std::string> gpus = world.state.gpus.of(seen.name);
  // A pod has its own from the beginning.
  if (to.gpus > gpus.size() && !runs_containers(world.policy.host(seen.host))) {
    const auto more = world.state.gpus.take(seen.host, world.policy.host(seen.host).gpus,
                                            to.gpus - static_cast<std::uint32_t>(gpus.size()), seen.name);
    gpus.insert(gpus.end(), more.begin(), more.end());
  }
  world.state.instances.change_allocation(seen, booked(seen.allocation, to), room);
  auto operation = begin_operation(
      world, new_operation_id(world), grows ? domain::OperationKind::inflate : domain::OperationKind::deflate,
      seen.name, seen.user, {{"from", to_json(seen.allocation)}, {"to", to_json(to)}, {"gpus", gpus}});
  transaction.commit();
  return operation;
}

}  // namespace

std::uint64_t host_memory(const World& world, const std::string& host) {
  const std::uint64_t limit = world.policy.host(host).memory_limit_bytes;
  return limit != 0 ? limit : world.host(host).probe().memory_bytes;
}

ResizeWork::ResizeWork(const World& world, const domain::Operation& operation)
    : world_(world), operation_(operation), instance_(world.state.instances.get(operation.instance)) {
  const auto parameters = base::parse_json(operation.parameters, "operation " + operation.id);
  from_ = allocation_from(parameters.at("from"));
  to_ = allocation_from(parameters.at("to"));
  gpus_ = parameters.at("gpus").get<std::vector<std::string>>();
}

std::vector<Step> ResizeWork::steps() {
  std::vector<Step> steps{{"wake", [this] { wake(world_, instance_); }}};
  auto resources = domain::differences(from_, to_);
  if (operation_.kind == domain::OperationKind::deflate) std::ranges::reverse(resources);
  for (const Resource resource : resources) {
    steps.push_back({"set-" + std::string(to_string(resource)), [this, resource] { set(resource, to_); }});
  }
  steps.push_back({"record", [this] { record(to_); }});
  return steps;
}

void ResizeWork::set(Resource resource, const Allocation& to) {
  auto& runtime = world_.host(instance_.host);
  const auto& name = instance_.name;
  switch (resource) {
    case Resource::memory:
      return runtime.set_memory(name, to.memory_bytes, guest_patience);
    case Resource::vcpus:
      return runtime.set_vcpus(name, to.vcpus, guest_patience);
    case Resource::network:
      return runtime.set_network_limit(name, to.network_bytes_s);
    case Resource::storage:
      return runtime.set_storage_limit(name, to.storage_bytes_s);
    case Resource::gpus:
      return set_gpus(to.gpus);
  }
}

void ResizeWork::set_gpus(std::uint32_t count) {
  auto& runtime = world_.host(instance_.host);
  for (std::size_t i = 0; i < gpus_.size(); ++i) {
    if (i < count) {
      runtime.attach_gpu(instance_.name, gpus_[i], guest_patience);
    } else {
      runtime.detach_gpu(instance_.name, gpus_[i], guest_patience);
    }
  }
}

void ResizeWork::record(const Allocation& has) const {
  auto transaction = world_.state.transaction();
  const auto now = world_.state.instances.get(instance_.name);
  world_.state.instances.change_allocation(now, has, std::nullopt);
  if (has.gpus == 0) world_.state.gpus.give_back(instance_.name);
  transaction.commit();
}

void ResizeWork::undo(const base::Error&) {
  Allocation has = from_;
  auto resources = domain::differences(from_, to_);
  std::ranges::reverse(resources);
  for (const Resource resource : resources) {
    if (!world_.state.operations.step_begun(operation_.id, "set-" + std::string(to_string(resource))))
      continue;
    try {
      set(resource, from_);
    } catch (const base::Error& e) {
      domain::take_over(has, booked(from_, to_), resource);
      world_.say("instance " + instance_.name + ": " + std::string(to_string(resource)) +
                 " could not be set back: " + e.what());
    }
  }
  record(has);
}

domain::Instance resize(const World& world, const domain::Instance& seen, const Allocation& to) {
  if (to == seen.allocation) {
    wake(world, seen);
    return world.state.instances.get(seen.name);
  }
  const auto operation = begin(world, seen, to);
  ResizeWork work(world, operation);
  run_operation(world, operation, work);
  return world.state.instances.get(seen.name);
}

}  // namespace deskloom::operation
