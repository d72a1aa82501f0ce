#pragma once

#include <string>
#include <vector>

#include "domain/usage.hpp"
#include "history/store.hpp"

namespace deskloom::history {

// The user's from that moment on, oldest first; none of a user who is not known. user outlives them.
std::vector<domain::Sample> samples_since(const Store& store, const std::string& user, base::Timestamp from);

}  // namespace deskloom::history
