#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operation/returns.hpp"
#include "operation/world.hpp"
#include "plan/inflation.hpp"

// Shadows: instances that hold a user's persona while the user is away (SPEC C). The caller holds the lease
// user:NAME.
namespace deskloom::operation {

// Of the pool, or of all: of those who are away.
std::vector<domain::Instance> shadows(const state::Store& state, const std::optional<std::string>& pool);
// When its user was last sent to it, and has not left it since; nullopt: it waits for them.
std::optional<base::Timestamp> asked_for_at(const state::Store& state, const domain::Instance& shadow);
// Whether its user was sent to it, or there, at any time: it may hold what no snapshot has.
bool was_used(const state::Store& state, const domain::Instance& shadow);
// Throws Error(not_found) when the user has none, Error(usage) when the user is connected.
domain::Instance shadow_of(const state::Store& state, const std::string& user);

// A ghost, with the user's newest persona applied, that waits as the pool's ghosts do. Throws
// Error(not_found) when no persona of the user was captured, and what hand_out throws.
domain::Instance start_shadow(const World& world, const policy::Pool& pool, const std::string& user);

// Policy's stages, as plan takes them.
std::vector<plan::InflationStage> stages_of(const policy::Policy& policy);
// That its user returns within the time that its pool looks ahead. nullopt: nothing is foretold of them.
std::optional<double> return_probability(const policy::Policy& policy, const Returns& returns,
                                         const domain::Instance& shadow);
// What the shadow should have by that; all of it, as long as its pool looks ahead, once its user has asked
// for it. nullopt: nothing is foretold of its user.
std::optional<plan::InflationChoice> inflation_by_forecast(const policy::Policy& policy,
                                                           const state::Store& state, const Returns& returns,
                                                           const domain::Instance& shadow);
// Gives it that, waking it, on another host when its own is full; a shadow that is to have the minimal waits
// as ghosts do again. Returns what it is then.
domain::Instance resize_shadow(const World& world, const domain::Instance& shadow,
                               const domain::Allocation& to);

}  // namespace deskloom::operation
