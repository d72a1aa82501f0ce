// G2: an application is given by the persona that suits, from what is ready or made, or by the default
// profile. The hosts are fakes; what runs in the desktop is the real helper.
#include "operation/app_assign.hpp"

#include <fstream>

#include "base/error.hpp"
#include "history/recorder.hpp"
#include "history/rollup.hpp"
#include "operation/app_session.hpp"
#include "operation/app_usage.hpp"
#include "operation/captures.hpp"
#include "operation/provision.hpp"
#include "operation/reclaim.hpp"
#include "operation/sessions.hpp"
#include "operation/shadow.hpp"
#include "support/anns_guests.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using base::Json;
using domain::AppState;
using domain::InstanceState;
using operation::AppSupply;

namespace {

constexpr std::uint64_t mib = 1 << 20;

Json document(const std::string& id, const std::string& memory = "128MiB") {
  return {{"persona_id", id},
          {"app_id", "writer"},
          {"resource_profile", {{"cpus", 1}, {"memory", memory}}},
          {"execution_environment", {{"image", "plain"}}},
          {"application_source", {{"in_image", true}}}};
}

using Personas = std::vector<Json>;

// ann's world, with documents of application personas.
struct Fixture {
  test::TempDir dir;
  guest::test::TestUser ann;
  test::TempWorld world{dir.path()};
  test::AnnsGuests guests{world, ann};

  explicit Fixture(const Personas& personas) {
    world.policy().app_persona_dir = dir / "personas";
    std::filesystem::create_directories(dir / "personas");
    for (const Json& described : personas)
      std::ofstream(dir / ("personas/" + described.at("persona_id").get<std::string>() + ".json"))
          << described;
  }
  operation::AppAssignment assign() { return operation::assign_app(world.world(), "ann", "writer"); }
  void release() {
    operation::end_application(world.world(), operation::open_app(world.state(), "ann", std::nullopt), {});
  }
  std::size_t live() { return world.state().instances.list().size(); }
};

}  // namespace

TEST_CASE("G2: a warm instance of the persona's image serves, and is captured and reclaimed with the end") {
  Fixture fixture(Personas{document("office-writer")});
  const auto ghost = operation::provision(fixture.world.world(), fixture.world.pool(), "local", "test");
  const auto rehearsed = operation::forecast_app(fixture.world.world(), "ann", "writer");
  CHECK(rehearsed.supply == AppSupply::ready);
  const auto given = fixture.assign();
  CHECK(given.supply == AppSupply::ready);
  CHECK(given.desktop.instance.name == ghost);
  CHECK(given.session.persona == "office-writer");
  CHECK(given.session.state == AppState::running);
  CHECK(given.session.reason == rehearsed.reason);
  CHECK(fixture.world.state().instances.of_user("ann")->name == ghost);
  CHECK(fixture.assign().supply == AppSupply::running);
  fixture.release();
  CHECK(fixture.live() == 0);
  CHECK(fixture.world.fleet().running().empty());
  CHECK(fixture.world.state().snapshots.latest("ann"));
  CHECK(fixture.world.state().apps.open().empty());
}

TEST_CASE("G2: without a ghost that has what the persona asks for, one is made as it asks") {
  Fixture fixture(Personas{document("large-writer", "512MiB")});
  operation::provision(fixture.world.world(), fixture.world.pool(), "local", "test");  // of 256 MiB
  CHECK(operation::forecast_app(fixture.world.world(), "ann", "writer").supply == AppSupply::made);
  const auto given = fixture.assign();
  CHECK(given.supply == AppSupply::made);
  CHECK(given.desktop.instance.pool == "app-large-writer");
  CHECK(given.desktop.instance.allocation.memory_bytes == 512 * mib);
  fixture.release();
  CHECK(fixture.live() == 1);  // the ghost
}

TEST_CASE("G2: a pool that is held to a lower rate than the persona asks for does not serve") {
  auto described = document("quick-writer");
  described["resource_profile"]["network"] = "2MiB/s";
  Fixture fixture(Personas{described});
  const auto pool_for_rate = [&](std::uint64_t rate) {
    fixture.world.pool().network_rate = rate;
    const auto pool = fixture.assign().desktop.instance.pool;
    fixture.release();
    return pool;
  };
  CHECK(pool_for_rate(mib) == "app-quick-writer");
  CHECK(pool_for_rate(2 * mib) == "office");
  CHECK(pool_for_rate(0) == "office");  // not limited
}

TEST_CASE("G1, G2: the container that a persona comes from is what its desktop runs") {
  auto described = document("box-writer");
  described["execution_environment"]["image"] = "box";
  described["application_source"] = {{"container", "localhost/writer:2"}};
  Fixture fixture(Personas{described});
  auto& policy = fixture.world.policy();
  std::filesystem::create_directories(policy.image_dir / "box");
  std::ofstream(policy.image_dir / "box/image.json") << R"({"version":1,"container":"localhost/box:1"})";
  policy.hosts["pods"].name = "pods";
  policy.hosts["pods"].engine = "podman";
  policy.pools["boxes"] = fixture.world.pool();
  policy.pools["boxes"].name = "boxes";
  policy.pools["boxes"].image = "box";
  const auto given = fixture.assign();
  CHECK(given.supply == AppSupply::made);
  const auto& made = fixture.world.fleet().started.at(given.desktop.instance.name);
  CHECK(made.image.container->reference == "localhost/writer:2");
  CHECK(given.desktop.instance.pool == "app-box-writer");
  fixture.release();

  operation::assign(fixture.world.world(), {"ann", "boxes", std::nullopt});
  const auto elsewhere = fixture.assign();
  CHECK(elsewhere.supply == AppSupply::default_profile);
  CHECK_THAT(elsewhere.session.reason, test::Contains("box-writer needs container localhost/writer:2"));
  fixture.release();
  std::ofstream(policy.image_dir / "box/image.json") << R"({"version":1,"container":"localhost/writer:2"})";
  CHECK(fixture.assign().supply == AppSupply::own_desktop);
}

TEST_CASE("G1: a persona that comes from a container does not serve from a virtual machine") {
  auto described = document("box-writer");
  described["application_source"] = {{"container", "localhost/writer:2"}};
  Fixture fixture(Personas{described});
  const auto given = fixture.assign();
  CHECK(given.supply == AppSupply::default_profile);
  CHECK_THAT(given.session.reason, test::Contains("but image plain is of a virtual machine"));
}

TEST_CASE("G2: the persona for the user's role goes before others") {
  auto clerks = document("a-clerks"), designers = document("b-designers");
  clerks["user_role_affinity"] = {{"clerk", 1}};
  designers["user_role_affinity"] = {{"designer", 1}};
  Fixture fixture(Personas{clerks, designers});
  fixture.world.state().users.ensure("ann", fixture.world.world().clock.now());
  auto ann = *fixture.world.state().users.find("ann");
  ann.role = "designer";
  fixture.world.state().users.update(ann);
  const auto given = fixture.assign();
  CHECK(given.session.persona == "b-designers");
  REQUIRE(given.verdicts.size() == 2);
  CHECK(given.verdicts[1].persona == "a-clerks");
}

TEST_CASE("G2: where no persona is of the application, the default profile serves, and that is said") {
  Fixture fixture(Personas{document("office-writer")});
  const auto given = operation::assign_app(fixture.world.world(), "ann", "writr");
  CHECK(given.supply == AppSupply::default_profile);
  CHECK_FALSE(given.session.persona);
  CHECK(given.session.reason == "no application persona is of application 'writr'; did you mean 'writer'?");
  CHECK(given.desktop.instance.pool == "office");
  fixture.release();
  CHECK(fixture.live() == 0);
}

TEST_CASE(
    "G2: where the best persona's instance cannot be had, the next one serves, and at last the default") {
  auto huge = document("a-huge", "900GiB");
  auto broken = document("b-broken");
  broken["execution_environment"]["image"] = "absent";
  Fixture fixture(Personas{huge, broken, document("c-small")});
  const auto given = fixture.assign();
  CHECK(given.session.persona == "c-small");
  CHECK_THAT(given.verdicts[1].why, test::Contains("no host"));
  CHECK_THAT(given.verdicts[2].why, test::Contains("no image \"absent\""));

  Fixture hopeless(Personas{huge});
  const auto by_default = hopeless.assign();
  CHECK(by_default.supply == AppSupply::default_profile);
  CHECK_THAT(by_default.session.reason, test::Contains("a-huge"));
}

TEST_CASE("G2: a persona that fails only when it is made is passed over, with nothing left of it") {
  Fixture fixture(Personas{document("big-writer", "512MiB")});
  fixture.world.fleet().on_call = [](const std::string& call, const std::string& name) {
    if (call == "start" && name.starts_with("app-big-writer"))
      throw base::Error(base::ErrorKind::no_space, "disk full");
  };
  const auto given = fixture.assign();
  CHECK(given.supply == AppSupply::default_profile);
  CHECK_THAT(given.session.reason, test::Contains("disk full"));
  CHECK(fixture.world.state().apps.open().size() == 1);
}

TEST_CASE("G2: the user's own desktop serves when it is of the image, and stays when the application ends") {
  Fixture fixture(Personas{document("office-writer", "1GiB")});
  const auto own = operation::assign(fixture.world.world(), {"ann", std::nullopt, std::nullopt}).instance;
  CHECK(operation::forecast_app(fixture.world.world(), "ann", "writer").supply == AppSupply::own_desktop);
  const auto given = fixture.assign();
  CHECK(given.supply == AppSupply::own_desktop);
  CHECK(given.desktop.instance.name == own.name);
  REQUIRE(given.notes.size() == 1);
  CHECK(given.notes[0] == "desktop " + own.name +
                              " has at most memory 256.0 MiB of 1.0 GiB that persona office-writer asks for");
  fixture.release();
  CHECK(fixture.world.state().instances.of_user("ann")->name == own.name);
}

TEST_CASE("G2: a desktop of another image serves as the default, and it is said why") {
  auto other = document("office-writer");
  other["execution_environment"]["image"] = "debian";
  Fixture fixture(Personas{other});
  operation::assign(fixture.world.world(), {"ann", std::nullopt, std::nullopt});
  const auto given = fixture.assign();
  CHECK(given.supply == AppSupply::default_profile);
  CHECK_THAT(given.session.reason, test::Contains("of image plain already, and application persona "
                                                  "office-writer needs image debian"));
}

TEST_CASE("G2: a persona that is not meant for the user's role is not used on the user's desktop either") {
  auto designers = document("office-writer");
  designers["user_role_affinity"] = {{"clerk", 0}, {"designer", 1}};
  Fixture fixture(Personas{designers});
  fixture.world.state().users.ensure("ann", fixture.world.world().clock.now());
  auto ann = *fixture.world.state().users.find("ann");
  ann.role = "clerk";
  fixture.world.state().users.update(ann);
  operation::assign(fixture.world.world(), {"ann", std::nullopt, std::nullopt});
  const auto rehearsed = operation::forecast_app(fixture.world.world(), "ann", "writer");
  CHECK(rehearsed.supply == AppSupply::default_profile);
  const auto given = fixture.assign();
  CHECK(given.supply == AppSupply::default_profile);
  CHECK_FALSE(given.session.persona);
  CHECK(given.session.reason == "application persona office-writer: is not meant for the user's role");
  CHECK(given.session.reason == rehearsed.reason);
}

TEST_CASE("G2: a shadow of another image that nobody has used makes room for the persona's instance") {
  Fixture fixture(Personas{document("office-writer")});
  auto& world = fixture.world;
  const auto other = world.policy().image_dir / "other";
  std::filesystem::copy(world.policy().image_dir / "plain", other);
  world.policy().pools["others"] = world.pool();
  world.policy().pools["others"].name = "others";
  world.policy().pools["others"].image = "other";
  const auto ahead = [&] {
    return operation::start_shadow(world.world(), world.policy().pool("others"), "ann").name;
  };
  operation::assign(world.world(), {"ann", std::nullopt, std::nullopt});
  operation::capture_user(world.world(), "ann");
  operation::reclaim(world.world(), *world.state().instances.of_user("ann"), "test");

  const auto shadow = ahead();
  CHECK(operation::forecast_app(world.world(), "ann", "writer").supply == AppSupply::made);
  CHECK(fixture.assign().supply == AppSupply::made);
  CHECK(world.state().instances.get(shadow).state == InstanceState::reclaimed);
  CHECK(world.state().instances.history(shadow).rbegin()[1].cause ==
        "nobody has used it, and application writer needs another");
  fixture.release();

  for (const bool is_connected : {true, false}) {
    const auto seen = ahead();
    if (is_connected)
      operation::connect_session(world.state(), world.world().clock, "ann");
    else
      world.fleet().signs[seen].display_clients = 1;  // not noticed yet
    CHECK(operation::forecast_app(world.world(), "ann", "writer").supply == AppSupply::default_profile);
    CHECK(fixture.assign().supply == AppSupply::default_profile);
    CHECK(world.state().instances.of_user("ann")->name == seen);
    fixture.release();
    operation::reclaim(world.world(), *world.state().instances.of_user("ann"), "test");
  }
}

TEST_CASE("G2: the desktop goes with the last of its applications, and a reclaim ends them all") {
  auto second = document("office-draw");
  second["app_id"] = "draw";
  Fixture fixture(Personas{document("office-writer"), second});
  fixture.assign();
  operation::assign_app(fixture.world.world(), "ann", "draw");
  operation::end_application(fixture.world.world(),
                             operation::open_app(fixture.world.state(), "ann", "writer"), {});
  CHECK(fixture.live() == 1);
  CHECK_THROWS_AS(operation::open_app(fixture.world.state(), "ann", "writer"), base::Error);
  fixture.release();
  CHECK(fixture.live() == 0);

  const auto desktop = fixture.assign().desktop.instance;
  operation::reclaim(fixture.world.world(), fixture.world.state().instances.get(desktop.name), "test");
  CHECK(fixture.world.state().apps.open().empty());
  CHECK(fixture.world.state().operations.running().empty());
}

TEST_CASE("G2: a desktop that died is given up, and the application gets another") {
  Fixture fixture(Personas{document("office-writer")});
  const auto first = fixture.assign().desktop.instance.name;
  fixture.world.fleet().lose(first);
  const auto given = fixture.assign();
  CHECK(given.desktop.instance.name != first);
  CHECK(fixture.live() == 1);
  CHECK(fixture.world.state().apps.open().size() == 1);
}

TEST_CASE("G4: an instance is scaled by the rules of the persona that it serves, as they were then") {
  auto described = document("office-writer");
  described["auto_scale_rules"] =
      Json::array({{{"metric", "cpu"}, {"above_percent", 80}, {"minutes", 5}, {"scale", "cpus"}, {"by", 1}}});
  Fixture fixture(Personas{described});
  const auto given = fixture.assign();
  std::filesystem::remove(fixture.dir / "personas/office-writer.json");
  const auto served = operation::personas_served_on(fixture.world.world(), given.desktop.instance.name);
  REQUIRE(served.size() == 1);
  const auto& rules = served[0].scale_rules;
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].metric == "cpu");
  CHECK(rules[0].by == 1);
  fixture.release();
  CHECK(operation::personas_served_on(fixture.world.world(), given.desktop.instance.name).empty());
}

TEST_CASE("G4: what a desktop used counts for the persona that it served, in the hours in which it did") {
  Fixture fixture(Personas{});
  const auto now = base::parse_rfc3339("2026-03-02T13:00:00.000Z");
  const auto hour = std::chrono::hours(1);
  auto& state = fixture.world.state();
  const auto desktop = operation::assign_app(fixture.world.world(), "ann", "default").desktop.instance.name;
  const auto used = [&](const std::string& persona, base::Timestamp from, base::Timestamp until) {
    domain::AppSession session;
    session.user = "ann";
    session.app = persona;
    session.persona = persona;
    session.reason = "test";
    session.instance = desktop;
    session.began_at = from;
    state.apps.end(state.apps.begin(session), until);
  };
  used("a", now - 3 * hour, now - 1 * hour);
  used("b", now - 2 * hour, now - 1 * hour);
  history::Store history(fixture.dir / "history.sqlite", history::Store::Access::create);
  history::Recorder recorder(history);
  const auto sample = [&](base::Timestamp at, double cpus) {
    domain::Sample taken{"ann", at};
    taken[domain::Metric::cpu] = cpus;
    recorder.take(taken);
  };
  sample(now - 3 * hour + std::chrono::minutes(5), 1);
  sample(now - 2 * hour + std::chrono::minutes(5), 3);
  sample(now - 1 * hour + std::chrono::minutes(5), 8);  // of neither
  recorder.commit();
  history::roll_up(history, now, {}, false);
  const base::FixedClock clock(now);
  const auto then = fixture.world.with(clock);
  const auto uses = operation::app_use(then, &history, now - 24 * hour);
  REQUIRE(uses.size() == 3);
  CHECK(uses[0].persona == "a");
  CHECK(uses[0].cpus == Approx(2));
  CHECK(uses[0].hours == Approx(2));
  CHECK(uses[1].persona == "b");
  CHECK(uses[1].cpus == Approx(3));
  CHECK(uses[1].open == 0);
}

TEST_CASE("G4: use is counted by persona, the default profile last") {
  Fixture fixture(Personas{document("office-writer")});
  const auto given = fixture.assign();
  operation::assign_app(fixture.world.world(), "ann", "unknown");
  const auto uses = operation::app_use(fixture.world.world(), nullptr,
                                       fixture.world.world().clock.now() - std::chrono::days(1));
  REQUIRE(uses.size() == 2);
  CHECK(uses[0].persona == "office-writer");
  CHECK(uses[0].open == 1);
  CHECK(uses[0].users == 1);
  CHECK(uses[0].allocated_memory_bytes == given.desktop.instance.allocation.memory_bytes);
  CHECK_FALSE(uses[0].memory_bytes >= 0);  // nothing was measured
  CHECK_FALSE(uses[1].persona);
}
