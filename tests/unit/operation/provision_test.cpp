// What holds for every instance that is made, whoever asks for it.
#include "operation/provision.hpp"

#include "domain/instance.hpp"
#include "operation/assign.hpp"
#include "operation/pool_hosts.hpp"
#include "operation/reclaim.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;

TEST_CASE("B3: a pool never has more instances than its max, whoever asks") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  world.pool().max = 1;
  const auto only = operation::provision(world.world(), world.pool(), "local", "test");
  const std::string full = "cannot have another instance: it has 1, and max is 1";
  CHECK_THROWS_WITH(operation::provision(world.world(), world.pool(), "local", "test"), test::Contains(full));
  world.state().instances.transition(only, domain::InstanceState::warm, domain::InstanceState::failed, "test",
                                     std::nullopt, world.world().clock.now());
  operation::provision(world.world(), world.pool(), "local", "test");
  CHECK(world.state().instances.count_live(world.pool().name) == 1);
}

TEST_CASE("B3: a host never has more memory given away than it has, however many choose it at once") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  world.policy().hosts.at("local").memory_limit_bytes = 3 * world.pool().memory_bytes / 2;
  const auto chosen = operation::choose_pool_host(world.world(), world.pool());
  REQUIRE(chosen == operation::choose_pool_host(world.world(), world.pool()));  // before either is made
  operation::provision(world.world(), world.pool(), chosen, "test");
  CHECK_THROWS_WITH(operation::provision(world.world(), world.pool(), chosen, "test"),
                    test::Contains("host local is full"));
  CHECK(world.state().instances.count_live(world.pool().name) == 1);
  CHECK(world.state().operations.running().empty());
}

TEST_CASE("B2: who loses the instance that was made for them to somebody faster gets another") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  // Between any two things that are done, somebody else may come.
  struct FasterUser : base::Clock {
    explicit FasterUser(const state::Store& of) : state(of) {}
    base::Timestamp now() const override {
      const auto at = base::SystemClock().now();
      if (!has_desktop)
        has_desktop = state.instances.reserve_warm("office", "bob", "test", {}, at).has_value();
      return at;
    }
    const state::Store& state;
    mutable bool has_desktop = false;
  };
  world.state().users.ensure("bob", world.world().clock.now());
  const FasterUser bob(world.state());
  CHECK_THROWS_WITH(operation::assign(world.with(bob), {"alice", {}, {}}), test::Contains("no guest behind"));
  REQUIRE(world.said.size() >= 3);
  CHECK(world.said[0] == "no ghost is warm in pool office: making one for alice");
  CHECK(world.said[1] == world.said[0]);
  CHECK_THAT(world.said[2], test::Contains("no guest behind"));  // the second was hers
  CHECK(world.state().instances.of_user("bob"));
}

TEST_CASE("G3: a ghost waits in the way that its host can do") {
  const auto power_on = [](const std::string& engine, const std::string& ghost_mode) {
    const test::TempDir dir;
    test::TempWorld world(dir.path());
    world.policy().hosts["local"].engine = engine;
    world.pool().ghost_mode = ghost_mode;
    const auto name = operation::provision(world.world(), world.pool(), "local", "test");
    return world.state().instances.get(name).power;
  };
  CHECK(power_on("libvirt", "saved") == domain::Power::saved);
  CHECK(power_on("podman", "saved") == domain::Power::paused);
  CHECK(power_on("podman", "paused") == domain::Power::paused);
  CHECK(power_on("kubernetes", "paused") == domain::Power::running);
}
