// F1: the components of an application are placed, told of each other, started in order, looked after, and
// ended with the session, whatever is killed in between. The hosts are fakes; what runs in the desktop is the
// real helper.
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "base/error.hpp"
#include "operation/app_assign.hpp"
#include "operation/app_session.hpp"
#include "operation/app_watch.hpp"
#include "operation/app_wiring.hpp"
#include "operation/journal.hpp"
#include "operation/reclaim.hpp"
#include "support/anns_guests.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using base::Json;
using domain::AppState;
using domain::InstanceState;
using domain::PartHealth;

namespace {

Json component(const std::string& name, const Json& more) {
  Json component{{"name", name},
                 {"application_source", {{"container", "localhost/" + name + ":1"}}},
                 {"resource_profile", {{"cpus", 1}, {"memory", "64MiB"}}},
                 {"health", {{"command", {"/bin/check", name}}, {"interval_s", 1}, {"retries", 1}}}};
  component.update(more);
  return component;
}

// A worker that needs a database, beside the desktop.
Json document() {
  return {{"persona_id", "tickets"},
          {"app_id", "tickets"},
          {"resource_profile", {{"cpus", 1}, {"memory", "128MiB"}}},
          {"execution_environment", {{"image", "plain"}, {"network", "host"}}},
          {"application_source", {{"in_image", true}}},
          {"components",
           {component("worker",
                      {{"depends_on", {"db"}}, {"command", {"/bin/work"}}, {"env", {{"LEVEL", "it's"}}}}),
            component("db", {{"ports", {5432}}})}}};
}

class Fixture {
 public:
  explicit Fixture(const std::filesystem::path& directory, const guest::test::TestUser& ann,
                   const Json& persona = document())
      : world_(directory), guests_(world_, ann) {
    auto& policy = world_.policy();
    policy.app_persona_dir = directory / "personas";
    std::filesystem::create_directories(policy.app_persona_dir);
    std::ofstream(policy.app_persona_dir / "tickets.json") << persona;
    policy.hosts["local"].network = "user";
    policy.pools["office"].hosts = {"local"};
    for (const char* name : {"pods-a", "pods-b"}) {
      policy.hosts[name].name = name;
      policy.hosts[name].engine = "podman";
    }
    world_.fleet().on_exec = [this](const std::string& name, const std::vector<std::string>& argv) {
      const bool is_check = std::ranges::find(argv, "/bin/check") != argv.end();
      return fleet::ExecResult{is_check && sick_ == argv.back() ? 1 : 0, name, ""};
    };
  }

  operation::AppAssignment assign() { return operation::assign_app(world_.world(), "ann", "tickets"); }
  std::vector<operation::AppEvent> watch() { return operation::watch_apps(world_.world()); }
  domain::AppPart part(const std::string& component) {
    const auto session = operation::open_app(world_.state(), "ann", "tickets");
    for (const auto& part : world_.state().app_parts.of(session.id)) {
      if (part.component == component) return part;
    }
    throw std::runtime_error("no component " + component);
  }
  std::string told(const std::string& instance) {
    return world_.fleet().written[instance + ":" + operation::environment_file + ".new"];
  }
  void make_sick(const std::string& component) { sick_ = component; }
  operation::World& world() { return world_.world(); }
  test::FakeFleet& fleet() { return world_.fleet(); }
  state::Store& state() { return world_.state(); }
  policy::Policy& policy() { return world_.policy(); }

  // Nothing of any application is left anywhere.
  bool is_clean() {
    return state().instances.list().empty() && fleet().running().empty() && state().apps.open().empty() &&
           state().operations.running().empty() && state().check().empty() &&
           std::filesystem::is_empty(policy().state_dir / "instances");
  }

 private:
  test::TempWorld world_;
  test::AnnsGuests guests_;
  std::string sick_;
};

struct Place {
  test::TempDir dir;
  guest::test::TestUser ann;
};

void kill_at(test::FakeFleet& fleet, int nth) {
  fleet.on_call = [nth, seen = 0](const std::string&, const std::string&) mutable {
    if (++seen == nth) ::raise(SIGKILL);
  };
}

}  // namespace

TEST_CASE("F1: components start after those they depend on, and are told where these are") {
  const Place place;
  Fixture fixture(place.dir.path(), place.ann);
  std::vector<std::string> started;
  fixture.fleet().on_call = [&](const std::string& call, const std::string& name) {
    if (call == "start done") started.push_back(name);
  };
  const auto given = fixture.assign();
  CHECK(given.session.state == AppState::running);
  const auto db = fixture.part("db"), worker = fixture.part("worker");
  CHECK(started == std::vector<std::string>{given.desktop.instance.name, *db.instance, *worker.instance});
  CHECK(db.health == PartHealth::healthy);
  CHECK(fixture.state().instances.get(*db.instance).state == InstanceState::serving);
  const auto& spec = fixture.fleet().started.at(*worker.instance);
  CHECK(spec.image.container->reference == "localhost/worker:1");
  CHECK(spec.image.container->command == std::vector<std::string>{"/bin/work"});
  CHECK(spec.environment == operation::Environment{{"DB_SERVICE_HOST", "127.0.0.1"},
                                                   {"DB_SERVICE_PORT", "5432"},
                                                   {"DESKLOOM_APP", "tickets"},
                                                   {"DESKLOOM_COMPONENT", "worker"},
                                                   {"LEVEL", "it's"}});
  CHECK_THAT(fixture.told(*worker.instance), test::Contains("LEVEL='it'\\''s'\n"));
  CHECK_THAT(fixture.told(*db.instance), test::Contains("WORKER_SERVICE_HOST='127.0.0.1'\n"));
  CHECK_THAT(fixture.told(given.desktop.instance.name), test::Contains("DB_SERVICE_HOST='10.0.2.2'\n"));
  CHECK_FALSE(
      fixture.state().instances.reserve_warm("app-tickets", "bob", "test", {}, fixture.world().clock.now()));
}

TEST_CASE("F1: components are ended with the session, the last first") {
  const Place place;
  Fixture fixture(place.dir.path(), place.ann);
  const auto given = fixture.assign();
  const auto db = *fixture.part("db").instance, worker = *fixture.part("worker").instance;
  std::vector<std::string> destroyed;
  fixture.fleet().on_call = [&](const std::string& call, const std::string& name) {
    if (call == "destroy done") destroyed.push_back(name);
  };
  operation::end_application(fixture.world(), given.session, {});
  CHECK(destroyed == std::vector<std::string>{worker, db, given.desktop.instance.name});
  CHECK(fixture.is_clean());
}

TEST_CASE("F1: a component that does not get well takes back what was started, and can be tried again") {
  const Place place;
  Fixture fixture(place.dir.path(), place.ann);
  fixture.make_sick("worker");
  try {
    fixture.assign();
    FAIL("assigned");
  } catch (const base::Error& e) {
    CHECK(e.kind() == base::ErrorKind::guest);
    CHECK_THAT(e.what(), test::Contains("component worker") && test::Contains("ended with 1"));
  }
  const auto failed = operation::open_app(fixture.state(), "ann", "tickets");
  CHECK(failed.state == AppState::failed);
  CHECK(fixture.state().app_parts.of(failed.id).empty());
  CHECK(fixture.fleet().running() == std::vector<std::string>{failed.instance});
  fixture.make_sick("");
  CHECK(fixture.assign().session.state == AppState::running);
  CHECK(fixture.fleet().running().size() == 3);
}

TEST_CASE("F1: what could not be taken back when a start failed is ended by the next watch") {
  const Place place;
  Fixture fixture(place.dir.path(), place.ann);
  fixture.make_sick("worker");
  fixture.fleet().on_call = [](const std::string& call, const std::string&) {
    if (call == "destroy") throw base::Error(base::ErrorKind::host_unreachable, "no answer");
  };
  CHECK_THROWS_AS(fixture.assign(), base::Error);
  CHECK(fixture.fleet().running().size() == 3);
  const auto still = fixture.watch();
  REQUIRE(still.size() == 2);
  CHECK(still[0].what == "failed");
  fixture.fleet().on_call = {};
  const auto events = fixture.watch();
  REQUIRE(events.size() == 2);
  CHECK(events[0].what == "ended");
  CHECK(fixture.fleet().running().size() == 1);
  CHECK(fixture.watch().empty());
}

TEST_CASE("F1: components that cannot be placed are refused before anything of them is made") {
  const Place place;
  auto persona = document();
  persona["components"][0]["resource_profile"]["memory"] = "900GiB";
  Fixture fixture(place.dir.path(), place.ann, persona);
  try {
    fixture.assign();
    FAIL("assigned");
  } catch (const base::Error& e) {
    CHECK_THAT(e.what(), test::Contains("no host has 900.0 GiB of memory free for worker"));
  }
  CHECK(fixture.fleet().running().size() == 1);
}

TEST_CASE("F1: a component that died is started again, told, and counted, until it is found well") {
  const Place place;
  Fixture fixture(place.dir.path(), place.ann);
  fixture.assign();
  CHECK(fixture.watch().empty());
  const auto first = fixture.part("db");
  fixture.fleet().lose(*first.instance);
  const auto looked = operation::look_at_apps(fixture.world());
  REQUIRE(looked.size() == 1);
  CHECK(looked[0].component == "db");
  const auto events = fixture.watch();
  REQUIRE(events.size() == 1);
  CHECK(events[0].what == "restarted");
  CHECK(events[0].detail == "it is not running on host pods-a");
  const auto again = fixture.part("db");
  CHECK(again.instance != first.instance);
  CHECK(again.host == first.host);
  CHECK(again.restarts == 1);
  CHECK(fixture.state().instances.get(*first.instance).state == InstanceState::reclaimed);
  CHECK(fixture.fleet().is_running(*again.instance));
  CHECK(fixture.watch().empty());
  CHECK(fixture.part("db").restarts_since_well == 0);
}

TEST_CASE("F1: a component moves to another host where its rule says so and its wishes allow it") {
  for (const bool is_bound : {false, true}) {
    const Place place;
    auto persona = document();
    persona["components"][1]["on_failure"] = "move";
    if (is_bound) persona["components"][0]["co_locate_with"] = {"db"};
    Fixture fixture(place.dir.path(), place.ann, persona);
    fixture.assign();
    const auto before = fixture.part("db");
    fixture.fleet().lose(*before.instance);
    const auto events = fixture.watch();
    REQUIRE(events.size() == 1);
    CHECK(events[0].what == (is_bound ? "restarted" : "moved"));
    CHECK((fixture.part("db").host == before.host) == is_bound);
  }
}

TEST_CASE("F1: components are on two hosts that are to be apart, and one with a network rate on a cluster") {
  const Place place;
  auto persona = document();
  persona["execution_environment"]["network"] = "pod";
  persona["components"][0]["anti_affinity"] = {"db"};
  persona["components"][1]["resource_profile"]["network"] = "2MiB/s";
  Fixture fixture(place.dir.path(), place.ann, persona);
  fixture.policy().hosts["pods-b"].engine = "kubernetes";
  fixture.assign();
  CHECK(fixture.part("db").host == "pods-b");
  CHECK(fixture.part("worker").host == "pods-a");
  CHECK(fixture.fleet().started.at(*fixture.part("db").instance).allocation.network_bytes_s == 2 << 20);
}

TEST_CASE("F1: the address of a component's virtual machine is waited for") {
  const Place place;
  auto persona = document();
  persona["components"][1]["application_source"] = {{"in_image", true}};
  Fixture fixture(place.dir.path(), place.ann, persona);
  fixture.policy().hosts["local"].network = "bridge:br0";
  fixture.fleet().addresses = {{}, {}, {"10.0.0.5", false}};
  fixture.assign();
  CHECK(fixture.part("db").address == "10.0.0.5");
}

TEST_CASE("F1: the death of a component ends the session where its rule says so, with a capture first") {
  const Place place;
  auto persona = document();
  persona["components"][1]["on_failure"] = "end";
  Fixture fixture(place.dir.path(), place.ann, persona);
  const auto given = fixture.assign();
  fixture.make_sick("db");
  const auto events = fixture.watch();
  REQUIRE(events.size() == 1);
  CHECK(events[0].what == "ended");
  CHECK_THAT(events[0].detail, test::StartsWith("component db died: its health check ended with 1"));
  CHECK(fixture.state().apps.find(given.session.id)->error == events[0].detail);
  CHECK(fixture.state().snapshots.latest("ann"));
  CHECK(fixture.is_clean());
}

TEST_CASE("F1: a component that does not stay well is restarted five times, and then ends its session") {
  const Place place;
  Fixture fixture(place.dir.path(), place.ann);
  fixture.policy().agent_timeout_s = 0;
  fixture.assign();
  fixture.make_sick("db");
  for (int restart = 1; restart <= 5; ++restart) {
    const auto events = fixture.watch();
    REQUIRE(events.size() == 1);
    CHECK(events[0].what == "failed");
    CHECK(fixture.part("db").restarts == restart);
  }
  CHECK(fixture.watch().at(0).what == "ended");
  CHECK(fixture.is_clean());
}

TEST_CASE("F1: with the desktop's death, or its reclaim, the components end") {
  for (const bool is_reclaimed : {false, true}) {
    const Place place;
    Fixture fixture(place.dir.path(), place.ann);
    const auto desktop = fixture.assign().desktop.instance;
    if (is_reclaimed) {
      operation::reclaim(fixture.world(), fixture.state().instances.get(desktop.name), "test");
    } else {
      fixture.fleet().lose(desktop.name);
      CHECK(fixture.watch().at(0).what == "ended");
    }
    CHECK(fixture.is_clean());
  }
}

TEST_CASE("F1: an application killed at any call of its beginning is finished or ended, and nothing leaks") {
  for (int nth = 1;; ++nth) {
    CAPTURE(nth);
    const Place place;
    const int status = test::in_process([&] {
      Fixture killed(place.dir.path(), place.ann);
      kill_at(killed.fleet(), nth);
      killed.assign();
    });
    if (!WIFSIGNALED(status)) {
      REQUIRE(status == 0);
      REQUIRE(nth > 18);  // three instances, three calls each, with a before and an after
      break;
    }
    Fixture next(place.dir.path(), place.ann);
    operation::recover(next.world(), std::nullopt);  // as 'pool apply' and 'app watch' do
    const auto given = next.assign();
    CHECK(given.session.state == AppState::running);
    CHECK(next.fleet().running().size() == 3);
    CHECK(next.state().operations.running().empty());
    // What was made for a session that was never begun serves now: none is left.
    operation::end_application(next.world(), given.session, {});
    CHECK(next.is_clean());
  }
}

TEST_CASE("F1: a watch that is killed while it restarts a component is finished by the next") {
  for (int nth = 1;; ++nth) {
    CAPTURE(nth);
    const Place place;
    const int status = test::in_process([&] {
      Fixture killed(place.dir.path(), place.ann);
      killed.assign();
      killed.fleet().lose(*killed.part("db").instance);
      kill_at(killed.fleet(), nth);
      killed.watch();
    });
    if (!WIFSIGNALED(status)) {
      REQUIRE(status == 0);
      REQUIRE(nth > 8);
      break;
    }
    Fixture next(place.dir.path(), place.ann);
    next.watch();
    CHECK(next.watch().empty());
    CHECK(next.fleet().running().size() == 3);
    CHECK(next.part("db").health == PartHealth::healthy);
    CHECK(next.state().operations.running().empty());
    operation::end_application(next.world(), operation::open_app(next.state(), "ann", "tickets"), {});
    CHECK(next.is_clean());
  }
}

TEST_CASE("F1: a release killed at any call is finished by the next watch") {
  for (int nth = 1;; ++nth) {
    CAPTURE(nth);
    const Place place;
    const int status = test::in_process([&] {
      Fixture killed(place.dir.path(), place.ann);
      const auto session = killed.assign().session;
      kill_at(killed.fleet(), nth);
      operation::end_application(killed.world(), session, {});
    });
    if (!WIFSIGNALED(status)) {
      REQUIRE(status == 0);
      REQUIRE(nth > 6);
      break;
    }
    Fixture next(place.dir.path(), place.ann);
    next.watch();
    CHECK(next.is_clean());
  }
}
