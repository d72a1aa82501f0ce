#pragma once

#include "policy/policy.hpp"

namespace deskloom::policy {

// What holds before any file was read; without hosts and pools, whose built-in ones are used only where no
// file names any.
Policy built_in_policy();
void add_missing_sections(Policy& policy);

}  // namespace deskloom::policy
