#pragma once

#include <optional>
#include <string>

#include "base/sqlite.hpp"
#include "domain/instance.hpp"

namespace deskloom::state {

// The columns of one instance in the order that instance_of reads.
inline constexpr std::string_view instance_columns =
    "name, pool, host, image, state, user, snapshot, created_at, changed_at, power, "
    "vcpus, memory_bytes, network_bytes_s, storage_bytes_s, gpus, "
    "minimal_vcpus, minimal_memory_bytes, minimal_network_bytes_s, minimal_storage_bytes_s, minimal_gpus, "
    "full_vcpus, full_memory_bytes, full_network_bytes_s, full_storage_bytes_s, full_gpus";

// In the order of the columns.
void bind(base::Statement& statement, const domain::Allocation& allocation);
domain::Instance instance_of(const base::Statement& row);
// Adds to the history. The caller's transaction holds the change itself.
void record_transition(const base::Database& db, const domain::Transition& transition);

}  // namespace deskloom::state
