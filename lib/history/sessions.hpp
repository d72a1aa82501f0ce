#pragma once

#include <functional>
#include <string>
#include <vector>

#include "history/store.hpp"

namespace deskloom::history {

// Of connections, sessions: disjoint, ascending. visit is called for each user who ever connected, by name. A
// session of which no end is known lasts that_long; who connects meanwhile goes on with it.
void each_user(
    const Store& store, std::chrono::seconds that_long,
    const std::function<void(const std::string& user, const std::vector<domain::Session>& sessions)>& visit);

}  // namespace deskloom::history
