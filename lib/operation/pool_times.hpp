#pragma once

#include <string>
#include <vector>

#include "plan/pool_outlook.hpp"
#include "state/store.hpp"

namespace deskloom::operation {

// How long it took lately until desktops of the pool served, from the journal of operations. notes says what
// was never measured, and which time is assumed for it.
plan::PoolTimes pool_times(const state::Store& state, const std::string& pool,
                           std::vector<std::string>& notes);

}  // namespace deskloom::operation
