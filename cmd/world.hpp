#pragma once

#include "frame/context.hpp"
#include "operation/world.hpp"

namespace deskloom::cmd {

// What operations need, taken from a command's context: hosts, stores and the guest helper are opened on
// first use. The context must outlive it.
operation::World make_world(frame::Context& context);

// What is known of instances names snapshots of the store that policy names: Error(usage) when --store names
// another.
void require_own_store(frame::Context& context);

}  // namespace deskloom::cmd
