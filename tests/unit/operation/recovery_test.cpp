// SPEC B1, I1: whatever a process was doing when it was killed, the next run finishes or undoes it.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/error.hpp"
#include "operation/assign.hpp"
#include "operation/journal.hpp"
#include "operation/provision.hpp"
#include "operation/reclaim.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;
using domain::InstanceState;
using test::TempDir;
using test::TempWorld;

namespace {

// Makes the fleet kill this process at its nth call.
void kill_at(test::FakeFleet& fleet, int nth) {
  fleet.on_call = [nth, seen = 0](const std::string&, const std::string&) mutable {
    if (++seen == nth) ::raise(SIGKILL);
  };
}

bool was_killed(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }

}  // namespace

TEST_CASE("provisioning killed at any call is finished by the next run") {
  for (int nth = 1;; ++nth) {
    const TempDir dir;
    const int status = test::in_process([&] {
      TempWorld killed(dir.path());
      kill_at(killed.fleet(), nth);
      operation::provision(killed.world(), killed.pool(), "local", "test");
    });
    if (!was_killed(status)) {
      REQUIRE(status == 0);
      REQUIRE(nth > 6);  // three calls, each with a before and an after
      break;
    }
    CAPTURE(nth);
    TempWorld next(dir.path());
    const auto recovered = operation::recover(next.world(), std::nullopt);
    REQUIRE(recovered.size() == 1);
    CHECK(recovered.front().error.empty());
    const auto instances = next.state().instances.list();
    REQUIRE(instances.size() == 1);
    CHECK(instances.front().state == InstanceState::warm);
    CHECK(next.fleet().running() == std::vector<std::string>{instances.front().name});
    CHECK(next.state().operations.running().empty());
    CHECK(next.state().check().empty());
  }
}

TEST_CASE("reclaiming killed at any call is finished by the next run") {
  for (int nth = 1; nth <= 2; ++nth) {
    const TempDir dir;
    std::string name;
    {
      TempWorld world(dir.path());
      name = operation::provision(world.world(), world.pool(), "local", "test");
    }
    const int status = test::in_process([&] {
      TempWorld killed(dir.path());
      kill_at(killed.fleet(), nth);
      operation::reclaim(killed.world(), killed.state().instances.get(name), "test");
    });
    REQUIRE(was_killed(status));
    TempWorld next(dir.path());
    operation::recover(next.world(), std::nullopt);
    CHECK(next.state().instances.get(name).state == InstanceState::reclaimed);
    CHECK(next.fleet().running().empty());
  }
}

TEST_CASE("a living process's operation is left alone") {
  const TempDir dir;
  TempWorld world(dir.path());
  operation::begin_provision(world.world(), world.pool(), "local", "test");
  CHECK(operation::recover(world.world(), std::nullopt).empty());
}

TEST_CASE(
    "a step that fails leaves the instance failed, with the cause, and the error names step and object") {
  const TempDir dir;
  TempWorld world(dir.path());
  world.fleet().on_call = [](const std::string& call, const std::string&) {
    if (call == "start") throw base::Error(base::ErrorKind::no_space, "disk full", "free space");
  };
  try {
    operation::provision(world.world(), world.pool(), "local", "test");
    FAIL("provisioned");
  } catch (const base::Error& e) {
    CHECK(e.kind() == base::ErrorKind::no_space);
    CHECK(std::string(e.what()).find("failed at step start: disk full") != std::string::npos);
    CHECK(e.hint() == "free space");
  }
  const auto instances = world.state().instances.list();
  REQUIRE(instances.size() == 1);
  CHECK(instances.front().state == InstanceState::failed);
  CHECK(world.state().instances.history(instances.front().name).back().cause.find("disk full") !=
        std::string::npos);
}

TEST_CASE("memory below the image's minimum is refused before anything starts") {
  const TempDir dir;
  TempWorld world(dir.path());
  world.pool().memory_bytes = 16 << 20;
  CHECK_THROWS_AS(operation::provision(world.world(), world.pool(), "local", "test"), base::Error);
  CHECK(world.fleet().running().empty());
}
