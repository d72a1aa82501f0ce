#pragma once

#include <optional>

#include "operation/world.hpp"

namespace deskloom::operation {

// Whether the shadow's host has the memory and the GPUs for it to have this.
bool has_room_for(const World& world, const domain::Instance& shadow, const domain::Allocation& to);

// As much of it as its host has room for, and never less than it has.
domain::Allocation what_fits(const World& world, const domain::Instance& instance,
                             const domain::Allocation& wanted);

// SPEC C2: a shadow whose host cannot give what its user is to have moves to the host of its pool that can,
// by plan::choose_host: a ghost there is given all of it first, then the persona, and the instance that held
// it goes. A session that was left is captured before. nullopt: no other host has room, or it serves an
// application, and nothing has changed. The caller holds the lease user:NAME.
std::optional<domain::Instance> move_to_roomier_host(const World& world, const domain::Instance& shadow,
                                                     const domain::Allocation& to);

}  // namespace deskloom::operation
