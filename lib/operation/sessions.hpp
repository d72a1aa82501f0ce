#pragma once

#include <string>

#include "domain/instance.hpp"
#include "operation/world.hpp"

namespace deskloom::operation {

// SPEC B6: what a login or logout hook reports. Only the state store is touched, so that no login waits for a
// host. Connecting twice, or disconnecting twice, changes nothing. Throws Error(not_found) when the user
// holds no instance.
domain::Instance instance_of(const state::Store& state, const std::string& user);
domain::Instance connect_session(const state::Store& state, const base::Clock& clock,
                                 const std::string& user);
domain::Instance disconnect_session(const state::Store& state, const base::Clock& clock,
                                    const std::string& user);

}  // namespace deskloom::operation
