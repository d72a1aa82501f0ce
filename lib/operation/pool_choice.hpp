#pragma once

#include <optional>
#include <string>

#include "policy/policy.hpp"

namespace deskloom::operation {

// The pool names the user, or names nobody.
bool serves(const policy::Pool& pool, const std::string& user);
// The pool that serves the user, if there is one: one that names its users goes before one for everybody.
const policy::Pool* pool_serving(const policy::Policy& policy, const std::string& user);
// The pool that is named, or else the one that serves the user. Throws Error(usage) when none does.
const policy::Pool& pool_for(const policy::Policy& policy, const std::string& user,
                             const std::optional<std::string>& pool);

}  // namespace deskloom::operation
