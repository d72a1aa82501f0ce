#include "operation/relocation.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "operation/captures.hpp"
#include "operation/handing.hpp"
#include "operation/pool_hosts.hpp"
#include "operation/provision.hpp"
#include "operation/reclaim.hpp"
#include "operation/resize.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using domain::Instance;
using domain::InstanceState;

// Of what a full host has left: a guest takes memory in blocks.
constexpr std::uint64_t memory_step = 128 << 20;

// Those that are promised to ghosts are given to whoever comes first.
std::uint32_t untaken_gpus(const World& world, const std::string& host) {
  const auto taken = world.state.gpus.list();
  const auto there = world.policy.host(host).gpus.size();
  const auto here = static_cast<std::size_t>(
      std::ranges::count_if(taken, [&](const state::TakenGpu& gpu) { return gpu.host == host; }));
  return static_cast<std::uint32_t>(there - std::min(there, here));
}

std::optional<std::string> roomier_host(const World& world, const policy::Pool& pool, const Instance& shadow,
                                        const domain::Allocation& to) {
  auto candidates = host_candidates(world, pool);
  std::erase_if(candidates, [&](const plan::HostCandidate& host) { return host.name == shadow.host; });
  for (auto& host : candidates) host.free_gpus = untaken_gpus(world, host.name);
  auto wish = placement_wish(world.state, pool);
  wish.memory_bytes = to.memory_bytes;
  wish.gpus = to.gpus;
  return plan::choose_host(candidates, wish).host;
}

// A warm one, or one that is made.
std::string ghost_on(const World& world, const policy::Pool& pool, const std::string& host,
                     const Instance& shadow) {
  state::InstanceFilter warm;
  warm.pool = pool.name;
  warm.host = host;
  warm.state = InstanceState::warm;
  const auto ghosts = world.state.instances.list(warm);
  if (!ghosts.empty()) return ghosts.front().name;
  return provision(world, pool, host, "made to take the persona of " + *shadow.user);
}

// What it holds, as it is now: a session that was left may have gone on.
std::optional<std::string> newest_persona(const World& world, const Instance& shadow) {
  if (shadow.state == InstanceState::disconnected) return capture_user(world, *shadow.user).record.id;
  return checked_snapshot(world, *shadow.user, shadow.snapshot);
}

}  // namespace

bool has_room_for(const World& world, const Instance& shadow, const domain::Allocation& to) {
  if (to.gpus > shadow.allocation.gpus &&
      to.gpus > world.state.gpus.of(shadow.name).size() + untaken_gpus(world, shadow.host))
    return false;
  if (to.memory_bytes <= shadow.allocation.memory_bytes) return true;
  return to.memory_bytes - shadow.allocation.memory_bytes <= free_memory(world, shadow.host);
}

domain::Allocation what_fits(const World& world, const Instance& instance, const domain::Allocation& wanted) {
  auto fits = wanted;
  const auto& has = instance.allocation;
  if (wanted.memory_bytes > has.memory_bytes) {
    const auto more = std::min(wanted.memory_bytes - has.memory_bytes, free_memory(world, instance.host));
    fits.memory_bytes = more == wanted.memory_bytes - has.memory_bytes
                            ? wanted.memory_bytes
                            : has.memory_bytes + more / memory_step * memory_step;
  }
  if (wanted.gpus > has.gpus)
    fits.gpus = std::min(wanted.gpus, has.gpus + untaken_gpus(world, instance.host));
  return fits;
}

std::optional<Instance> move_to_roomier_host(const World& world, const Instance& shadow,
                                             const domain::Allocation& to) {
  const auto pool = world.policy.pools.find(shadow.pool);
  if (pool == world.policy.pools.end() || !world.state.apps.open_on(shadow.name).empty()) return std::nullopt;
  const auto host = roomier_host(world, pool->second, shadow, to);
  if (!host) return std::nullopt;
  const auto persona = newest_persona(world, shadow);
  const auto ghost = ghost_on(world, pool->second, *host, shadow);
  resize(world, world.state.instances.get(ghost), to);
  std::optional<domain::Operation> going;
  const auto leave = [&] {
    going =
        begin_reclaim(world, shadow, "its persona moves to host " + *host + ", which has room for all of it");
  };
  try {
    hand_over(world, ghost, *shadow.user, given_in(world, pool->second, *shadow.user, persona), leave);
  } catch (const Error&) {
    // The user is without a shadow, and a ghost serves them: what was captured is not lost.
    if (going) run_reclaim(world, *going);
    throw;
  }
  run_reclaim(world, *going);
  return world.state.instances.get(ghost);
}

}  // namespace deskloom::operation
