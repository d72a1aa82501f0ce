#pragma once

#include "domain/instance.hpp"
#include "operation/world.hpp"
#include "policy/policy.hpp"

namespace deskloom::operation {

// How an instance waits (SPEC B4), as policy's ghost_mode has it.
domain::Power resting_power(const policy::Pool& pool);

// Lets an instance that is paused or saved go on; nothing when it runs. What a process that is gone has begun
// of it is taken up.
void wake(const World& world, const domain::Instance& instance);
// The other way. An instance that is saved is not in Runtime::running().
void rest(const World& world, const domain::Instance& instance, domain::Power power);

// Whether its host has it, running, paused or saved.
bool is_there(const World& world, const domain::Instance& instance);

}  // namespace deskloom::operation
