// C2, I1: what an instance has moves resource by resource; what fails, or is killed, leaves it as it was or
// is finished, and its host never counts as having less given away than it has.
#include "operation/resize.hpp"

#include <sys/wait.h>

#include <csignal>

#include "base/error.hpp"
#include "operation/power.hpp"
#include "operation/presence.hpp"
#include "operation/provision.hpp"
#include "operation/shadow.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;
using domain::Allocation;
using domain::Power;
using domain::Resource;
using test::TempDir;
using test::TempWorld;

namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr const char* gpu = "pci:0000:3b:00.0";

void prepare(TempWorld& world) {
  auto& pool = world.pool();
  pool.vcpus = 4;
  pool.memory_bytes = 1024 * mib;
  pool.minimal_vcpus = 1;
  pool.minimal_memory_bytes = 256 * mib;
  pool.network_rate = 50 * mib;
  pool.minimal_network_rate = 5 * mib;
  pool.storage_rate = 100 * mib;
  pool.minimal_storage_rate = 10 * mib;
  pool.gpus = 1;
  world.policy().hosts.at("local").gpus = {gpu};
}

domain::Instance provisioned(TempWorld& world) {
  prepare(world);
  return world.state().instances.get(operation::provision(world.world(), world.pool(), "local", "test"));
}

base::Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& e) {
    return e;
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace

TEST_CASE("B4: a ghost has the minimum, and what it can have is known") {
  const TempDir dir;
  TempWorld world(dir.path());
  const auto ghost = provisioned(world);
  CHECK(ghost.allocation == Allocation{1, 256 * mib, 5 * mib, 10 * mib, 0});
  CHECK(ghost.full == Allocation{4, 1024 * mib, 50 * mib, 100 * mib, 1});
  CHECK(world.fleet().has(ghost.name) == ghost.allocation);
}

TEST_CASE("C2: inflated, an instance has all of it, and deflated the minimum, on record and in the guest") {
  const TempDir dir;
  TempWorld world(dir.path());
  const auto ghost = provisioned(world);
  const auto full = operation::resize(world.world(), ghost, ghost.full);
  CHECK(full.allocation == ghost.full);
  CHECK(world.fleet().has(ghost.name) == ghost.full);
  CHECK(world.fleet().gpus_of(ghost.name) == std::vector<std::string>{gpu});
  const auto small = operation::resize(world.world(), full, ghost.minimal);
  CHECK(small.allocation == ghost.minimal);
  CHECK(world.fleet().has(ghost.name) == ghost.minimal);
  CHECK(world.state().gpus.list().empty());
  CHECK(world.state().pools.recent_durations_ms("office", "inflate", 5).size() == 1);
}

TEST_CASE("G3: a pod that comes into use has the GPUs that it was made with, out of no inventory of ours") {
  const TempDir dir;
  TempWorld world(dir.path());
  world.policy().hosts.at("local").engine = "kubernetes";
  world.pool().gpus = 1;
  const auto ghost =
      world.state().instances.get(operation::provision(world.world(), world.pool(), "local", "test"));
  CHECK(operation::resize(world.world(), ghost, ghost.full).allocation.gpus == 1);
  CHECK(world.state().gpus.list().empty());
  CHECK(world.fleet().gpus_of(ghost.name).empty());
}

TEST_CASE("B3: what inflating takes is measured from minimal to full, not by every small step") {
  const TempDir dir;
  TempWorld world(dir.path());
  const auto ghost = provisioned(world);
  const auto measured = [&] { return world.state().pools.recent_full_inflations_ms("office", 5).size(); };
  auto one_more = ghost.minimal;
  ++one_more.vcpus;
  const auto grown = operation::resize(world.world(), ghost, one_more);
  const auto full = operation::resize(world.world(), grown, ghost.full);
  CHECK(measured() == 0);
  const auto small = operation::resize(world.world(), full, ghost.minimal);
  operation::resize(world.world(), small, ghost.full);
  CHECK(measured() == 1);
}

TEST_CASE("C2: whichever resource the guest does not take, all are as they were, and it goes on") {
  for (const Resource refused :
       {Resource::memory, Resource::vcpus, Resource::network, Resource::storage, Resource::gpus}) {
    CAPTURE(to_string(refused));
    const TempDir dir;
    TempWorld world(dir.path());
    const auto ghost = provisioned(world);
    world.fleet().refused = {refused};
    const auto error = error_of([&] { operation::resize(world.world(), ghost, ghost.full); });
    CHECK(error.kind() == base::ErrorKind::guest);
    CHECK_THAT(error.what(), test::Contains("set-" + std::string(to_string(refused))));
    const auto after = world.state().instances.get(ghost.name);
    CHECK(after.state == domain::InstanceState::warm);
    world.fleet().refused.clear();
    CHECK(world.fleet().has(ghost.name) == ghost.minimal);
    CHECK(after.allocation.vcpus == ghost.minimal.vcpus);
    CHECK(world.state().operations.running().empty());
    // And it can be tried again.
    CHECK(operation::resize(world.world(), after, ghost.full).allocation == ghost.full);
  }
}

TEST_CASE("C2: what cannot be taken back stays booked") {
  const TempDir dir;
  TempWorld world(dir.path());
  const auto ghost = provisioned(world);
  // The guest takes the memory, and then neither processors nor anything back.
  world.fleet().on_call = [&](const std::string& call, const std::string&) {
    if (call == "set-vcpus") world.fleet().refused = {Resource::memory, Resource::vcpus};
  };
  CHECK_THROWS_AS(operation::resize(world.world(), ghost, ghost.full), base::Error);
  CHECK(world.state().instances.get(ghost.name).allocation.memory_bytes == 1024 * mib);
  REQUIRE_FALSE(world.said.empty());
  CHECK_THAT(world.said.back(), test::Contains("memory could not be set back"));
}

TEST_CASE("C2: a full host is said before anything is touched") {
  const TempDir dir;
  TempWorld world(dir.path());
  const auto ghost = provisioned(world);
  world.policy().hosts.at("local").memory_limit_bytes = 1000 * mib;
  const auto error = error_of([&] { operation::resize(world.world(), ghost, ghost.full); });
  CHECK(error.kind() == base::ErrorKind::failed);
  CHECK_THAT(error.what(), test::Contains("host local is full"));
  CHECK(world.state().instances.get(ghost.name).allocation == ghost.minimal);
  CHECK(world.state().gpus.list().empty());
  CHECK(world.state().operations.running().empty());
}

TEST_CASE("C2, C3: who comes to a full host gets as much as it has room for, and is told what is missing") {
  const TempDir dir;
  TempWorld world(dir.path());
  const auto ghost = provisioned(world);
  world.policy().hosts.at("local").memory_limit_bytes = 1000 * mib;
  world.state().users.ensure("alice", world.world().clock.now());
  world.state().instances.reserve(ghost.name, "alice", "test", std::nullopt, world.world().clock.now());
  const auto lack = operation::give_in_use(world.world(), world.state().instances.get(ghost.name));
  REQUIRE(lack);
  CHECK_THAT(*lack, test::Contains("host local is full"));
  const auto has = world.fleet().has(ghost.name);
  CHECK(has.memory_bytes == (256 + 5 * 128) * mib);
  CHECK(has.vcpus == ghost.full.vcpus);
  CHECK(has.gpus == 1);
}

TEST_CASE("I1: inflating or deflating, killed at any call, is finished by the next run") {
  for (const bool inflates : {true, false}) {
    for (int nth = 1;; ++nth) {
      const TempDir dir;
      std::string name;
      {
        TempWorld world(dir.path());
        const auto ghost = provisioned(world);
        name = ghost.name;
        if (!inflates) operation::resize(world.world(), ghost, ghost.full);
      }
      const int status = test::in_process([&] {
        TempWorld killed(dir.path());
        prepare(killed);
        killed.fleet().on_call = [nth, seen = 0](const std::string&, const std::string&) mutable {
          if (++seen == nth) ::raise(SIGKILL);
        };
        const auto seen = killed.state().instances.get(name);
        operation::resize(killed.world(), seen, inflates ? seen.full : seen.minimal);
      });
      if (!WIFSIGNALED(status)) {
        REQUIRE(nth > 8);  // four resources, each with a before and an after
        break;
      }
      CAPTURE(inflates, nth);
      TempWorld next(dir.path());
      prepare(next);
      const auto recovered = operation::recover(next.world(), std::nullopt);
      REQUIRE(recovered.size() == 1);
      CHECK(recovered.front().error.empty());
      const auto after = next.state().instances.get(name);
      CHECK(after.allocation == (inflates ? after.full : after.minimal));
      CHECK(next.fleet().has(name) == after.allocation);
      CHECK(next.state().gpus.list().size() == after.allocation.gpus);
    }
  }
}

TEST_CASE("B4: ghosts wait as policy says, and are woken for what they are given") {
  for (const std::string mode : {"booted", "paused", "saved"}) {
    CAPTURE(mode);
    const TempDir dir;
    TempWorld world(dir.path());
    world.pool().ghost_mode = mode;
    const auto ghost = provisioned(world);
    CHECK(ghost.state == domain::InstanceState::warm);
    CHECK(ghost.power == operation::resting_power(world.pool()));
    CHECK(world.fleet().is_running(ghost.name) == (mode != "saved"));
    CHECK(operation::is_there(world.world(), ghost));
    const auto full = operation::resize(world.world(), ghost, ghost.full);
    CHECK(full.power == Power::running);
    CHECK_FALSE(world.fleet().is_paused(ghost.name));
    CHECK(world.fleet().has(ghost.name) == ghost.full);
  }
}

TEST_CASE(
    "I1: putting to rest or waking, killed at any call, leaves an instance that can be woken, or none") {
  for (const std::string mode : {"paused", "saved"}) {
    for (int nth = 1; nth <= 6; ++nth) {
      const TempDir dir;
      std::string name;
      {
        TempWorld world(dir.path());
        name = provisioned(world).name;
      }
      static_cast<void>(test::in_process([&] {
        TempWorld killed(dir.path());
        killed.pool().ghost_mode = mode;
        killed.fleet().on_call = [nth, seen = 0](const std::string&, const std::string&) mutable {
          if (++seen == nth) ::raise(SIGKILL);
        };
        operation::rest(killed.world(), killed.state().instances.get(name),
                        operation::resting_power(killed.pool()));
        operation::wake(killed.world(), killed.state().instances.get(name));
      }));
      CAPTURE(mode, nth);
      TempWorld next(dir.path());
      if (!operation::is_there(next.world(), next.state().instances.get(name))) {
        CHECK(mode == "saved");
        CHECK(nth == 2);  // saved, and not recorded yet
        continue;
      }
      operation::wake(next.world(), next.state().instances.get(name));
      CHECK(next.state().instances.get(name).power == Power::running);
      CHECK_FALSE(next.fleet().is_paused(name));
      CHECK(next.fleet().is_running(name));
    }
  }
}
