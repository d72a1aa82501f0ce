#pragma once

#include <map>
#include <string>

#include "policy/document.hpp"
#include "policy/policy.hpp"

namespace deskloom::policy {

// Where each section ("pool.office") and key ("pool.office.floor") was set.
using Origins = std::map<std::string, Position>;

// What one key alone cannot show: names that must exist, numbers that must fit each other. Throws
// Error(usage) at the key that says so.
void check(const Policy& policy, const Origins& origins);

}  // namespace deskloom::policy
