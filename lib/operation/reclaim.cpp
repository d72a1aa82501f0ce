#include "operation/reclaim.hpp"

#include "operation/app_session.hpp"
#include "operation/provision.hpp"

namespace deskloom::operation {

using domain::InstanceState;

ReclaimWork::ReclaimWork(const World& world, const domain::Operation& operation)
    : world_(world), operation_(operation), instance_(world.state.instances.get(operation.instance)) {}

std::vector<Step> ReclaimWork::steps() {
  return {
      {"end-applications", [this] { end_applications_on(world_, instance_.name); }},
      {"destroy",
       [this] {
         world_.host(instance_.host).destroy(instance_.name, instance_directory(world_.policy, instance_));
       }},
      {"mark-reclaimed", [this] { mark_reclaimed(); }}};
}

void ReclaimWork::mark_reclaimed() const {
  if (world_.state.instances.get(instance_.name).state != InstanceState::reclaiming) return;
  world_.state.instances.transition(instance_.name, InstanceState::reclaiming, InstanceState::reclaimed,
                                    "destroyed", operation_.id, world_.clock.now());
}

void ReclaimWork::undo(const base::Error& why) {
  world_.state.instances.transition(instance_.name, InstanceState::reclaiming, InstanceState::failed,
                                    why.what(), operation_.id, world_.clock.now());
}

domain::Operation begin_reclaim(const World& world, const domain::Instance& seen, const std::string& cause) {
  auto transaction = world.state.transaction();
  auto operation = begin_operation(world, new_operation_id(world), domain::OperationKind::reclaim, seen.name,
                                   seen.user, base::Json::object());
  world.state.instances.transition(seen.name, seen.state, InstanceState::reclaiming, cause, operation.id,
                                   world.clock.now());
  transaction.commit();
  return operation;
}

void run_reclaim(const World& world, const domain::Operation& operation) {
  ReclaimWork work(world, operation);
  run_operation(world, operation, work);
}

void reclaim(const World& world, const domain::Instance& seen, const std::string& cause) {
  run_reclaim(world, begin_reclaim(world, seen, cause));
}

}  // namespace deskloom::operation
