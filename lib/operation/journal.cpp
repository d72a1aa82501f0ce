#include "operation/journal.hpp"

#include "operation/app_session.hpp"
#include "operation/provision.hpp"
#include "operation/reclaim.hpp"
#include "operation/resize.hpp"
#include "operation/stitch.hpp"

namespace deskloom::operation {
namespace {

std::unique_ptr<Work> make_work(const World& world, const domain::Operation& operation) {
  switch (operation.kind) {
    case domain::OperationKind::provision:
      return std::make_unique<ProvisionWork>(world, operation);
    case domain::OperationKind::stitch:
      return std::make_unique<StitchWork>(world, operation);
    case domain::OperationKind::reclaim:
      return std::make_unique<ReclaimWork>(world, operation);
    case domain::OperationKind::inflate:
    case domain::OperationKind::deflate:
      return std::make_unique<ResizeWork>(world, operation);
    case domain::OperationKind::start_application:
      return std::make_unique<StartApplicationWork>(world, operation);
    case domain::OperationKind::end_application:
      return std::make_unique<EndApplicationWork>(world, operation);
  }
  throw base::Error(base::ErrorKind::failed, "operation " + operation.id + " is of no known kind");
}

void run_step(const World& world, const std::string& id, const Step& step) {
  if (world.state.operations.step_finished(id, step.name)) return;
  world.state.operations.begin_step(id, step.name, world.clock.now());
  step.run();
  world.state.operations.finish_step(id, step.name, world.clock.now());
}

void give_up(const World& world, const domain::Operation& operation, Work& work, const base::Error& why) {
  work.undo(why);
  world.state.operations.finish(operation.id, domain::OperationState::failed, why.what(), world.clock.now());
}

}  // namespace

std::string new_operation_id(const World& world) { return world.random.hex(12); }

domain::Operation begin_operation(const World& world, const std::string& id, domain::OperationKind kind,
                                  const std::string& instance, const std::optional<std::string>& user,
                                  const base::Json& parameters) {
  domain::Operation operation;
  operation.id = id;
  operation.kind = kind;
  operation.instance = instance;
  operation.user = user;
  operation.parameters = parameters.dump();
  operation.owner = base::this_process();
  operation.started_at = world.clock.now();
  operation.changed_at = operation.started_at;
  world.state.operations.begin(operation);
  return operation;
}

void run_operation(const World& world, const domain::Operation& operation, Work& work) {
  for (const auto& step : work.steps()) {
    const std::string context =
        std::string(to_string(operation.kind)) + " of " + operation.instance + " failed at step " + step.name;
    try {
      run_step(world, operation.id, step);
    } catch (const base::Error& e) {
      // Interrupted by the user: like a kill, the next run resumes it.
      if (e.kind() == base::ErrorKind::interrupted) throw;
      give_up(world, operation, work, e.with_context(context));
      throw e.with_context(context);
    } catch (const std::exception& e) {
      const base::Error error(base::ErrorKind::failed, context + ": " + e.what());
      give_up(world, operation, work, error);
      throw error;
    }
  }
  world.state.operations.finish(operation.id, domain::OperationState::done, std::nullopt, world.clock.now());
}

std::vector<Recovery> recover(const World& world, const std::optional<std::string>& user) {
  std::vector<Recovery> recoveries;
  for (const auto& operation : world.state.operations.running()) {
    if (user && operation.user != user) continue;
    if (base::is_alive(operation.owner)) continue;
    if (!world.state.operations.take_over(operation, base::this_process(), world.clock.now())) continue;
    world.say("resuming " + std::string(to_string(operation.kind)) + " of " + operation.instance +
              ", which process " + std::to_string(operation.owner.pid) + " left unfinished");
    Recovery recovery{operation, {}};
    try {
      run_operation(world, operation, *make_work(world, operation));
    } catch (const base::Error& e) {
      recovery.error = e.what();
      world.say(recovery.error);
    }
    recoveries.push_back(std::move(recovery));
  }
  return recoveries;
}

}  // namespace deskloom::operation
