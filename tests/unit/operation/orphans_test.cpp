// I1: what a crash, or an older copy of the state store, leaves on hosts is found, and removed when that is
// safe.
#include "operation/orphans.hpp"

#include "operation/pool.hpp"
#include "operation/provision.hpp"
#include "operation/reclaim.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;
using domain::InstanceState;

namespace {

std::string ghost(test::TempWorld& world) {
  return operation::provision(world.world(), world.pool(), "local", "test");
}

// Its domain and directory are there again, or still.
void come_back(test::TempWorld& world, const std::string& name) {
  fleet::InstanceSpec spec;
  spec.name = name;
  spec.directory = operation::instance_root(world.policy(), "local") / name;
  world.fleet().create_disks(spec);
  world.fleet().start(spec);
}

}  // namespace

TEST_CASE("I1: what live rows stand for is no orphan") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  ghost(world);
  CHECK(operation::orphans_on(world.world(), "local").empty());
  CHECK(operation::lost_instances(world.world(), {}).empty());
}

TEST_CASE("I1: what is left of a reclaimed instance is removed") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto name = ghost(world);
  operation::reclaim(world.world(), world.state().instances.get(name), "test");
  come_back(world, name);
  const auto orphans = operation::orphans_on(world.world(), "local");
  REQUIRE(orphans.size() == 1);
  CHECK(orphans[0].name == name);
  CHECK((orphans[0].has_domain && orphans[0].has_files && orphans[0].was_reclaimed));
  CHECK(operation::clean_up(world.world(), "local").size() == 1);
  CHECK(world.fleet().running().empty());
  CHECK(operation::orphans_on(world.world(), "local").empty());
}

TEST_CASE("I1: an instance that the state store does not know is named, and left alone") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  come_back(world, "office-0123ab");
  CHECK(operation::clean_up(world.world(), "local").empty());
  CHECK(world.fleet().is_running("office-0123ab"));
  REQUIRE(world.said.size() == 1);
  CHECK_THAT(world.said[0], test::Contains("office-0123ab"));
  const auto found = operation::find_orphan(world.world(), "office-0123ab");
  REQUIRE(found);
  CHECK_FALSE(found->was_reclaimed);
  operation::remove_orphan(world.world(), *found);
  CHECK(world.fleet().running().empty());
  CHECK_FALSE(operation::find_orphan(world.world(), "office-0123ab"));
}

TEST_CASE("I1: a row whose domain is gone is lost; a saved ghost has none and is not") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto dead = ghost(world), saved = ghost(world);
  world.state().instances.set_power(saved, domain::Power::saved);
  world.fleet().lose(dead);
  world.fleet().lose(saved);
  const auto lost = operation::lost_instances(world.world(), {});
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].name == dead);
  CHECK(operation::mark_lost_instances(world.world(), world.pool()) == 1);
  CHECK(world.state().instances.get(dead).state == InstanceState::failed);
}
