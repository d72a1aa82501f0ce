#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "domain/records.hpp"

namespace deskloom::state {

// The journal: an operation and its steps. A step is recorded before it runs and marked when it has finished.
class Operations {
 public:
  explicit Operations(const base::Database& db) : db_(db) {}
  void begin(const domain::Operation& operation) const;
  void begin_step(const std::string& id, const std::string& step, base::Timestamp at) const;
  void finish_step(const std::string& id, const std::string& step, base::Timestamp at) const;
  bool step_begun(const std::string& id, const std::string& step) const;
  bool step_finished(const std::string& id, const std::string& step) const;
  void set_parameters(const std::string& id, const std::string& json) const;
  void finish(const std::string& id, domain::OperationState state, const std::optional<std::string>& error,
              base::Timestamp at) const;
  // Takes over a running operation whose owner is dead. False when someone else was faster.
  bool take_over(const domain::Operation& seen, const base::ProcessIdentity& new_owner,
                 base::Timestamp at) const;
  std::optional<domain::Operation> find(const std::string& id) const;
  std::vector<domain::Operation> running() const;
  std::vector<domain::Operation> recent(int limit) const;
  // When the instance's allocation last moved.
  std::optional<base::Timestamp> last_resize(const std::string& instance) const;
  std::vector<domain::OperationStep> steps(const std::string& id) const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
