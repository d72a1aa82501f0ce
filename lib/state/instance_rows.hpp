#pragma once

#include <optional>
#include <string>

#include "base/sqlite.hpp"
#include "domain/instance.hpp"

namespace deskloom::state {

// The columns of one instance in the order that instance_of reads.
inline constexpr std::string_view instance_columns =
    "name, pool, host, image, state, user, vcpus, memory_bytes, snapshot, created_at, changed_at";

domain::Instance instance_of(const base::Statement& row);
// Adds to the history. The caller's transaction holds the change itself.
void record_transition(const base::Database& db, const domain::Transition& transition);

}  // namespace deskloom::state
