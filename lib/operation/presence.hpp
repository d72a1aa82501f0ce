#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operation/world.hpp"

// What follows when a user comes to their desktop, and when they leave it (SPEC C1, C3).
namespace deskloom::operation {

struct Arrival {
  domain::Instance instance;
  // From the call to all that the desktop is meant to have; nullopt: its user was there already.
  std::optional<std::int64_t> usable_after_ms;
  std::optional<std::int64_t> cold_boot_ms;
  std::vector<std::string> notes;  // what it has less than it should, and why
};

// Whether the user's instance has not what it is to have in use, or waits. What one in use was given since it
// is, by its rules or its user's mode, is what it is to have.
bool needs_waking(const policy::Policy& policy, const state::Store& state, const domain::Instance& instance,
                  base::Timestamp now);
// A desktop with less than it should have is better than none: gives it what it is to have in use, or, where
// its host is full, as much as there is room for; and wakes it whatever it can be given. nullopt: it has all
// of it; else a note on what it lacks, and why. Throws Error(not_found) when it is gone.
std::optional<std::string> give_in_use(const World& world, const domain::Instance& instance);
// After connect_session, of an instance that needs no waking, as it was before: that its user waited for
// nothing is recorded, unless they had waited for it when they asked. No host is asked.
Arrival find_ready(const state::Store& state, const base::Clock& clock, const domain::Instance& before,
                   base::Timestamp came_at);
// After connect_session: the instance is woken and gets all that it is to have, and the user's wait is
// recorded. The caller holds the lease user:NAME.
Arrival make_usable(const World& world, const std::string& user);

struct Departure {
  domain::Instance instance;
  std::optional<std::string> snapshot;  // what was captured just now
  std::vector<std::string> notes;       // what could not be done, and why
};

// After disconnect_session: the persona is captured, and the instance shrinks to the minimal, with all that
// runs in it. Each is tried although the other failed. The caller holds the lease user:NAME.
Departure make_shadow(const World& world, const std::string& user);

}  // namespace deskloom::operation
