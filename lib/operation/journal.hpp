#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "domain/records.hpp"
#include "operation/world.hpp"

namespace deskloom::operation {

// One idempotent change of the world: running it twice is as good as once.
struct Step {
  std::string name;
  std::function<void()> run;
};

// What one kind of operation does. Made anew from the journal when another process resumes it.
class Work {
 public:
  virtual ~Work() = default;
  virtual std::vector<Step> steps() = 0;
  // A step failed: leaves the world in a state that later commands can clean up.
  virtual void undo(const base::Error& why) = 0;
};

// Records a new operation of this process; call it in one transaction with the state change that it begins
// with. id: from world.random, chosen by the caller because that state change names it too.
domain::Operation begin_operation(const World& world, const std::string& id, domain::OperationKind kind,
                                  const std::string& instance, const std::optional<std::string>& user,
                                  const base::Json& parameters);
std::string new_operation_id(const World& world);

// Runs the steps that have not finished yet, each recorded before and after. When one throws: undo, the
// operation is marked failed, the error goes on. A process that is killed leaves the operation running with a
// dead owner.
void run_operation(const World& world, const domain::Operation& operation, Work& work);

struct Recovery {
  domain::Operation operation;
  std::string error;  // why it could not be finished; empty when it was
};

// Takes over the operations whose owner is dead and runs them to their end. user: only those of this user.
std::vector<Recovery> recover(const World& world, const std::optional<std::string>& user);

}  // namespace deskloom::operation
