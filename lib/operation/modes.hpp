#pragma once

#include <string>
#include <vector>

#include "guest/client.hpp"
#include "operation/world.hpp"
#include "persona/apply.hpp"

// What the mode that a user is in does to their desktop (SPEC A9).
namespace deskloom::operation {

// What an instance is to have in use: all that it may, or what its user's mode says between that and the
// minimal.
domain::Allocation in_use(const policy::Policy& policy, const state::Store& state,
                          const domain::Instance& instance, base::Timestamp now);
domain::Allocation in_use(const World& world, const domain::Instance& instance);  // now

// The applications that the user's mode starts; none: they are in no mode, or it starts none.
std::vector<policy::Application> started_by_mode(const World& world, const std::string& user);

// Which of the user's modes began or ended last since then, in words ("mode reading has ended"); none: "".
std::string mode_change(const state::Store& state, const std::string& user, base::Timestamp since,
                        base::Timestamp now);

struct ModeFollowed {
  domain::Instance instance;
  persona::ApplyResult applied;
  std::vector<std::string> notes;  // what could not be done, and why
};

// The desktop of a user who is connected is given what the mode that they are in says, and its applications
// are started. The caller holds the lease user:NAME.
ModeFollowed follow_mode(const World& world, const domain::Instance& desktop);

}  // namespace deskloom::operation
