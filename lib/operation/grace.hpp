#pragma once

#include <string>
#include <vector>

#include "operation/world.hpp"

namespace deskloom::operation {

struct EndedSession {
  std::string user;
  std::string instance;
  std::string error;  // why it goes on; empty: it was captured and reclaimed
};

// Those that end_forgotten_sessions would end.
std::vector<domain::Instance> forgotten_sessions(const World& world, const policy::Pool& pool);

// The pool's sessions that were disconnected longer ago than its grace time are captured, and their instances
// reclaimed (SPEC B5). One that cannot be captured goes on: nothing of it is lost. Users whom another command
// is serving are left alone.
std::vector<EndedSession> end_forgotten_sessions(const World& world, const policy::Pool& pool);

}  // namespace deskloom::operation
