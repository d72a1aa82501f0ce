#pragma once

#include <string>
#include <vector>

#include "operation/world.hpp"
#include "plan/placement.hpp"
#include "plan/price.hpp"

namespace deskloom::operation {

// The hosts that the pool may use; where it names none, all that run the like of its image, by name.
std::vector<std::string> hosts_of(const policy::Policy& policy, const policy::Pool& pool);

// What a new instance of the pool would cost and risk on each of these hosts. Its price is the mean of a
// working day of 8 hours: one as a ghost, with its minimum, and seven in use, with all. What is free of their
// memory is known where policy limits it, or where they are this machine: no host is asked.
std::vector<plan::HostCandidate> host_candidates(const policy::Policy& policy, const state::Store& state,
                                                 const policy::Pool& pool, const plan::PriceList& prices,
                                                 base::Timestamp now);
// Asking them for their memory, by the prices of the moment.
std::vector<plan::HostCandidate> host_candidates(const World& world, const policy::Pool& pool);
// What the pool asks of its host; a user who loses theirs waits for another to be provisioned.
plan::PlacementWish placement_wish(const state::Store& state, const policy::Pool& pool);

// What the instances that are there leave of the host's memory.
std::uint64_t free_memory(const World& world, const std::string& host);

// GPUs of the host that no instance there has, or is to have in use.
std::uint32_t free_gpus(const policy::Policy& policy, const state::Store& state, const std::string& host);

// The host of the pool that has room for one more, by plan::choose_host. Throws Error(failed) saying why none
// has.
std::string choose_pool_host(const World& world, const policy::Pool& pool);

}  // namespace deskloom::operation
