// C4, G4: what is recorded of use moves desktops and pools.
#include "operation/scaling.hpp"

#include "base/fd.hpp"
#include "history/recorder.hpp"
#include "operation/assign.hpp"
#include "operation/pool_planning.hpp"
#include "operation/presence.hpp"
#include "operation/provision.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;
using namespace std::chrono_literals;
using domain::InstanceState;

namespace {

struct Office {
  test::TempDir dir;
  test::TempWorld world{dir.path()};
  history::Store history{dir / "history.sqlite", history::Store::Access::create};
  base::FixedClock clock{base::from_seconds(1'790'000'000)};
  operation::World of = world.with(clock);

  Office() {
    world.pool().vcpus = 4;
    world.pool().minimal_vcpus = 1;
    policy::Scale busy;
    busy.name = "busy";
    busy.above_percent = 80;
    world.policy().scales["busy"] = busy;
  }

  std::string desktop_of(const std::string& user) {
    const auto& instances = world.state().instances;
    const auto name = operation::provision(of, world.pool(), "local", "test");
    world.state().users.ensure(user, clock.now());
    instances.reserve(name, user, "test", std::nullopt, clock.now());
    instances.transition(name, InstanceState::stitching, InstanceState::persona_applied_available, "test",
                         std::nullopt, clock.now());
    instances.transition(name, InstanceState::persona_applied_available, InstanceState::connected, "test",
                         std::nullopt, clock.now());
    return name;
  }
  void use(const std::string& user, double cpus, std::chrono::minutes for_so_long) {
    history::Recorder recorder(history);
    for (auto passed = 0min; passed <= for_so_long; passed += 5min) {
      domain::Sample sample{user, clock.now()};
      sample[domain::Metric::cpu] = cpus;
      recorder.take(sample);
      clock.advance(5min);
    }
    recorder.commit();
  }
  operation::ScaleReport run(bool is_trial = false) {
    return operation::run_scaling(of, &history, std::nullopt, is_trial);
  }
};

}  // namespace

TEST_CASE("C4: a desktop that is busy for long enough is given more, once, until it was busy with that too") {
  Office office;
  const auto desktop = office.desktop_of("alice");
  CHECK(office.run().desktops.empty());
  office.use("alice", 1, 15min);
  CHECK(office.run(true).desktops.size() == 1);
  CHECK(office.world.fleet().has(desktop).vcpus == 1);
  const auto report = office.run();
  REQUIRE(report.desktops.size() == 1);
  CHECK(report.desktops[0].after.allocation.vcpus == 2);
  CHECK(office.world.fleet().has(desktop).vcpus == 2);
  CHECK(office.run().desktops.empty());  // what was used before says nothing of what it has now
  office.use("alice", 2, 15min);
  CHECK(office.run().desktops.at(0).after.allocation.vcpus == 3);
}

TEST_CASE("C3, C4: what rules gave a desktop in use is not undone when its user asks or connects again") {
  Office office;
  const auto desktop = office.desktop_of("alice");
  office.use("alice", 1, 15min);
  REQUIRE(office.run().desktops.size() == 1);
  const auto again = operation::assign(office.of, {"alice", {}, {}});
  CHECK(again.action == operation::AssignAction::reconnected);
  CHECK(office.world.fleet().has(desktop).vcpus == 2);
  CHECK_FALSE(operation::make_usable(office.of, "alice").usable_after_ms);
  CHECK(office.world.fleet().has(desktop).vcpus == 2);
  CHECK(office.world.state().waits.recent(std::nullopt, 10).empty());
}

TEST_CASE(
    "C3: a desktop that could not be given all of it when its user came is given it when they ask again") {
  Office office;
  const auto desktop = office.desktop_of("alice");
  office.world.fleet().refused = {domain::Resource::vcpus};
  CHECK_FALSE(operation::make_usable(office.of, "alice").notes.empty());
  office.world.fleet().refused = {};
  CHECK(operation::assign(office.of, {"alice", {}, {}}).action == operation::AssignAction::inflated);
  CHECK(office.world.fleet().has(desktop).vcpus == 4);
}

TEST_CASE("C4: a guest that does not take it keeps what it has, and is told; others go on") {
  Office office;
  office.world.fleet().refused = {domain::Resource::vcpus};
  office.desktop_of("alice");
  office.desktop_of("bob");
  office.use("alice", 1, 15min);
  office.clock.advance(-20min);
  office.use("bob", 1, 15min);
  const auto report = office.run();
  REQUIRE(report.desktops.size() == 2);
  for (const auto& desktop : report.desktops) {
    CHECK(desktop.after.allocation.vcpus == 1);
    CHECK_THAT(desktop.error, test::Contains("does not take its vcpus"));
  }
}

TEST_CASE("C4: rules are for the pools that they name") {
  Office office;
  office.world.policy().scales["busy"].pools = {"lab"};
  CHECK(operation::scale_rules(office.world.policy(), "office").empty());
  CHECK(operation::scale_rules(office.world.policy(), "lab").size() == 1);
}

TEST_CASE("G4: a pool that stays full is planned with more ghosts") {
  Office office;
  auto& full = office.world.policy().scales["busy"];
  full.metric = full.scale = "instances";
  full.by = 2;
  office.desktop_of("alice");
  CHECK(office.run().pools.empty());
  office.clock.advance(20min);
  const auto report = office.run();
  REQUIRE(report.pools.size() == 1);
  CHECK(report.pools[0].after == 2);
  CHECK(office.run().pools.empty());  // for ten minutes from now
  const std::vector<std::string> pools{"office"};
  operation::PoolPlanner planner(office.world.policy(), office.world.state(), pools, office.clock.now());
  const auto plan = planner.plan(office.world.pool()).plan;
  CHECK(plan.target.ghosts == 2);
  CHECK_THAT(plan.target.reason, test::Contains("2 by rules of scaling"));
}

TEST_CASE("G4: an application persona's rules are those of the desktop that serves by it, and of its pool") {
  Office office;
  office.world.policy().app_persona_dir = office.dir / "personas";
  std::filesystem::create_directory(office.world.policy().app_persona_dir);
  const std::string document = R"({"persona_id": "cad", "app_id": "draw",
    "resource_profile": {"cpus": 1, "memory": "64MiB"}, "execution_environment": {"image": "plain"},
    "application_source": {"in_image": true},
    "auto_scale_rules": [
      {"metric": "cpu", "above_percent": 50, "minutes": 5, "scale": "cpus", "by": 2},
      {"metric": "instances", "above_percent": 50, "minutes": 5, "scale": "instances", "by": 1}]})";
  base::write_file_durably(office.world.policy().app_persona_dir / "cad.json", document);
  const auto of_pool = operation::pool_rules(office.world.policy(), office.world.pool());
  REQUIRE(of_pool.size() == 3);
  CHECK(of_pool[2].name == "application persona cad, rule 2");
  office.world.pool().image = "other";
  CHECK(operation::pool_rules(office.world.policy(), office.world.pool()).size() == 1);

  office.world.pool().image = "plain";
  const auto desktop = office.world.state().instances.get(office.desktop_of("alice"));
  CHECK(operation::desktop_rules(office.of, desktop).size() == 1);
  domain::AppSession session;
  session.user = "alice";
  session.app = "draw";
  session.persona = "cad";
  session.document = document;
  session.instance = desktop.name;
  session.began_at = office.clock.now();
  office.world.state().apps.begin(session);
  const auto rules = operation::desktop_rules(office.of, desktop);
  REQUIRE(rules.size() == 3);
  CHECK(rules[1].name == "application persona cad, rule 1");
  office.use("alice", 0.6, 10min);
  CHECK(office.run().desktops.at(0).after.allocation.vcpus == 3);
}
