#pragma once

#include <string>

#include "policy/policy.hpp"

namespace deskloom::operation {

// The pool that serves the user, if there is one: one that names its users goes before one for everybody.
const policy::Pool* pool_serving(const policy::Policy& policy, const std::string& user);

}  // namespace deskloom::operation
