// C2: where a shadow's host is full, the shadow moves to one that has room, and its user never has two.
#include "operation/relocation.hpp"

#include <sys/wait.h>

#include <csignal>

#include "base/error.hpp"
#include "operation/handing.hpp"
#include "operation/journal.hpp"
#include "operation/provision.hpp"
#include "operation/shadow.hpp"
#include "support/anns_guests.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using domain::InstanceState;
using test::TempDir;
using test::TempWorld;

namespace {

constexpr std::uint64_t mib = 1 << 20;
namespace peers = guest::test;

// 256 MiB to 1 GiB each; "local" has room for two that are minimal, "roomy" for more.
void set_policy(TempWorld& world) {
  world.pool().memory_bytes = 1024 * mib;
  world.pool().minimal_memory_bytes = 256 * mib;
  auto& hosts = world.policy().hosts;
  hosts["local"].memory_limit_bytes = 600 * mib;
  hosts["roomy"].name = "roomy";
  hosts["roomy"].memory_limit_bytes = 4096 * mib;
}

domain::Instance shadow_of_ann(TempWorld& world) {
  set_policy(world);
  world.state().users.ensure("ann", world.world().clock.now());
  const auto name = operation::provision(world.world(), world.pool(), "local", "test");
  return operation::hand_over(world.world(), name, "ann", {}).instance;
}

domain::Instance inflate(TempWorld& world) {
  const auto shadow = operation::shadow_of(world.state(), "ann");
  return operation::resize_shadow(world.world(), shadow, shadow.full);
}

}  // namespace

TEST_CASE(
    "C2: a shadow whose host is full is given all it is to have on another host, and the old one goes") {
  const TempDir dir;
  const peers::TestUser ann;
  TempWorld world(dir.path());
  const test::AnnsGuests guests(world, ann);
  const auto before = shadow_of_ann(world);
  CHECK_FALSE(operation::has_room_for(world.world(), before, before.full));
  const auto after = inflate(world);
  CHECK(after.host == "roomy");
  CHECK(after.user == "ann");
  CHECK(after.state == InstanceState::persona_applied_available);
  CHECK(world.fleet().has(after.name).memory_bytes == 1024 * mib);
  CHECK(world.state().instances.get(before.name).state == InstanceState::reclaimed);
  CHECK(world.fleet().running() == std::vector<std::string>{after.name});
}

TEST_CASE("C2: a ghost that waits on the other host is taken") {
  const TempDir dir;
  const peers::TestUser ann;
  TempWorld world(dir.path());
  const test::AnnsGuests guests(world, ann);
  shadow_of_ann(world);
  const auto ghost = operation::provision(world.world(), world.pool(), "roomy", "test");
  CHECK(inflate(world).name == ghost);
}

TEST_CASE("C2: where no other host has room either, that is told and the shadow is as it was") {
  const TempDir dir;
  const peers::TestUser ann;
  TempWorld world(dir.path());
  const test::AnnsGuests guests(world, ann);
  const auto before = shadow_of_ann(world);
  world.policy().hosts["roomy"].memory_limit_bytes = 700 * mib;
  CHECK_THROWS_WITH(inflate(world), test::Contains("host local is full"));
  const auto after = operation::shadow_of(world.state(), "ann");
  CHECK(after.name == before.name);
  CHECK(after.allocation == before.allocation);
}

TEST_CASE("C2: a host whose guests do not take what they are given costs nobody their shadow") {
  const TempDir dir;
  const peers::TestUser ann;
  TempWorld world(dir.path());
  const test::AnnsGuests guests(world, ann);
  const auto before = shadow_of_ann(world);
  world.fleet().refused = {domain::Resource::memory};
  CHECK_THROWS_WITH(inflate(world), test::Contains("does not take its memory"));
  CHECK(operation::shadow_of(world.state(), "ann").name == before.name);
  CHECK(world.fleet().is_running(before.name));
}

TEST_CASE(
    "C2, I1: killed at any call of its hosts, the move leaves its user one shadow at most, and nothing "
    "behind") {
  for (int nth = 1;; ++nth) {
    CAPTURE(nth);
    const TempDir dir;
    const peers::TestUser ann;
    {
      TempWorld world(dir.path());
      const test::AnnsGuests guests(world, ann);
      shadow_of_ann(world);
    }
    const int status = test::in_process([&] {
      TempWorld killed(dir.path());
      set_policy(killed);
      const test::AnnsGuests guests(killed, ann);
      killed.fleet().on_call = [nth, seen = 0](const std::string&, const std::string&) mutable {
        if (++seen == nth) ::raise(SIGKILL);
      };
      inflate(killed);
    });
    if (!WIFSIGNALED(status)) {
      REQUIRE(status == 0);
      REQUIRE(nth > 8);
      break;
    }
    TempWorld next(dir.path());
    set_policy(next);
    const test::AnnsGuests guests(next, ann);
    operation::recover(next.world(), std::nullopt);
    CHECK(next.state().operations.running().empty());
    CHECK(next.state().check().empty());
    const auto shadow = inflate(next);
    CHECK(shadow.host == "roomy");
    CHECK(next.state().instances.list({.user = "ann"}).size() == 1);
    for (const auto& name : next.fleet().running())
      CHECK(domain::is_live(next.state().instances.get(name).state));
  }
}
