#pragma once

#include <memory>

#include "operation/world.hpp"
#include "support/fake_fleet.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {

// A state store, a snapshot store, one fake host "local", one pool "office" and one image in a directory.
// Several processes may each open one on the same directory, as commands do.
class TempWorld {
 public:
  explicit TempWorld(const std::filesystem::path& directory);

  operation::World& world() { return world_; }      // its connect throws until a test sets it
  operation::World with(const base::Clock& clock);  // as world() is now, at another time
  FakeFleet& fleet() { return fleet_; }
  state::Store& state() { return *state_; }
  policy::Policy& policy() { return policy_; }
  policy::Pool& pool() { return policy_.pools.at("office"); }
  std::vector<std::string> said;

 private:
  policy::Policy policy_;
  std::unique_ptr<state::Store> state_;
  std::unique_ptr<snapshot::Store> snapshots_;
  FakeFleet fleet_;
  base::SystemClock clock_;
  base::SystemRandom random_;
  base::NoProgress progress_;
  operation::World world_;  // refers to the members above
};

// Runs body in a process of its own, which may kill itself; returns its wait status.
int in_process(const std::function<void()>& body);

}  // namespace deskloom::test
