#pragma once

#include <string>
#include <vector>

#include "operation/world.hpp"

// Desktops whose users stay away (SPEC B5).
namespace deskloom::operation {

struct Forgotten {
  domain::Instance instance;
  std::string reason;
  bool was_used = true;  // or might have been: it is captured before it goes
};

// What end_forgotten would end: sessions that were disconnected, and desktops that their users asked for and
// did not come to, longer ago than the pool's grace time; and shadows made ahead for somebody who was not
// seen in that time, or is not expected any more.
std::vector<Forgotten> forgotten(const World& world, const policy::Pool& pool);

struct Ended {
  Forgotten what;
  std::string error;  // why it goes on; empty: it was reclaimed
};
// They are captured and reclaimed. One that cannot be captured goes on: nothing of it is lost. Users whom
// another command is serving are left alone.
std::vector<Ended> end_forgotten(const World& world, const policy::Pool& pool);

}  // namespace deskloom::operation
