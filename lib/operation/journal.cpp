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

// What is on record of an operation's steps. That one has ended is written together with what follows it:
// each commit waits for the disk, and who resumes in between runs the step again, as they would anyway.
class StepRecord {
 public:
  StepRecord(const World& world, const domain::Operation& operation) : world_(world), operation_(operation) {}

  bool has_finished(const Step& step) const {
    return world_.state.operations.step_finished(operation_.id, step.name);
  }
  void begin(const Step& step) {
    auto transaction = world_.state.transaction();
    finish_last();
    world_.state.operations.begin_step(operation_.id, step.name, world_.clock.now());
    transaction.commit();
    last_ = step.name;
  }
  void end(domain::OperationState state, const std::optional<std::string>& error) {
    auto transaction = world_.state.transaction();
    if (state == domain::OperationState::done) finish_last();
    world_.state.operations.finish(operation_.id, state, error, world_.clock.now());
    transaction.commit();
  }

 private:
  void finish_last() const {
    if (!last_.empty()) world_.state.operations.finish_step(operation_.id, last_, world_.clock.now());
  }

  const World& world_;
  const domain::Operation& operation_;
  std::string last_;  // that was begun
};

void give_up(StepRecord& record, Work& work, const base::Error& why) {
  work.undo(why);
  record.end(domain::OperationState::failed, why.what());
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
  StepRecord record(world, operation);
  for (const auto& step : work.steps()) {
    if (record.has_finished(step)) continue;
    const std::string context =
        std::string(to_string(operation.kind)) + " of " + operation.instance + " failed at step " + step.name;
    try {
      record.begin(step);
      step.run();
    } catch (const base::Error& e) {
      // Interrupted by the user: like a kill, the next run resumes it.
      if (e.kind() == base::ErrorKind::interrupted) throw;
      give_up(record, work, e.with_context(context));
      throw e.with_context(context);
    } catch (const std::exception& e) {
      const base::Error error(base::ErrorKind::failed, context + ": " + e.what());
      give_up(record, work, error);
      throw error;
    }
  }
  record.end(domain::OperationState::done, std::nullopt);
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
