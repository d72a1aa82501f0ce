// B5: a session whose user is away for too long ends, but never without having been captured.
#include "operation/grace.hpp"

#include "operation/provision.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;
using domain::InstanceState;

namespace {

// Disconnected just now.
std::string left_by(test::TempWorld& world, const std::string& user) {
  const auto name = operation::provision(world.world(), world.pool(), "local", "test");
  const auto& instances = world.state().instances;
  const auto now = world.world().clock.now();
  world.state().users.ensure(user, now);
  instances.reserve(name, user, "test", std::nullopt, now);
  InstanceState from = InstanceState::stitching;
  for (const auto to :
       {InstanceState::persona_applied_available, InstanceState::connected, InstanceState::disconnected}) {
    instances.transition(name, from, to, "test", std::nullopt, now);
    from = to;
  }
  return name;
}

}  // namespace

TEST_CASE("B5: within the grace time a session is left alone") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto name = left_by(world, "alice");
  CHECK(operation::end_forgotten_sessions(world.world(), world.pool()).empty());
  CHECK(world.state().instances.get(name).state == InstanceState::disconnected);
}

TEST_CASE("B5: a session that cannot be captured goes on, and that is said") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto name = left_by(world, "alice");
  world.pool().grace_minutes = 0;
  const auto ended = operation::end_forgotten_sessions(world.world(), world.pool());
  REQUIRE(ended.size() == 1);
  CHECK_THAT(ended[0].error, test::Contains("no guest behind " + name));
  CHECK(world.state().instances.get(name).state == InstanceState::disconnected);
  CHECK(world.fleet().is_running(name));
  REQUIRE(world.said.size() == 1);
  CHECK_THAT(world.said[0], test::StartsWith("the session of alice on " + name + " goes on"));
}
