// What Deskloom itself knows of use (SPEC D1).
#include "operation/collect_use.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "history/listing.hpp"
#include "persona/profile.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using namespace deskloom::test;
using operation::collect_use;
using State = domain::InstanceState;

namespace {

struct Fixture {
  TempDir dir;
  TempWorld world{dir / "world"};
  history::Store store{dir / "history.sqlite", history::Store::Access::create};
  base::FixedClock clock{base::from_ns(1'769'849'940'000'000'000)};
  operation::World of = world.with(clock);

  Fixture() { move_to(State::connected); }

  operation::CollectReport collect() { return collect_use(of, store); }
  std::vector<history::Event> events() const { return history::newest_events(store, "ann", 100); }

  void move_to(State to) {
    const auto& instances = world.state().instances;
    if (!instances.find("office-1")) {
      domain::Instance instance;
      instance.name = "office-1";
      instance.pool = "office";
      instance.host = "local";
      instance.image = "tiny";
      instance.created_at = clock.now();
      world.state().users.ensure("ann", clock.now());
      instances.create(instance, "test", std::nullopt);
      instances.transition("office-1", State::provisioning, State::warm, "test", std::nullopt, clock.now());
      instances.reserve("office-1", "ann", "test", std::nullopt, clock.now());
      instances.transition("office-1", State::stitching, State::persona_applied_available, "test",
                           std::nullopt, clock.now());
    }
    instances.transition("office-1", instances.get("office-1").state, to, "test", std::nullopt, clock.now());
  }

  void capture(std::chrono::seconds browser_since) {
    persona::Profile profile;
    profile.user = "ann";
    profile.captured_at = clock.now();
    for (const auto older : {0, 3}) {
      persona::Process process;
      process.application = "browser";
      process.started_at = clock.now() - browser_since + std::chrono::seconds(older);
      profile.processes.push_back(process);
    }
    base::NoProgress progress;
    const auto writer = of.snapshots().begin(progress);
    base::TextSource text(persona::to_json(profile).dump());
    writer->put_stream("profile", text);
    const auto snapshot = writer->commit({{"user", "ann"}}, clock.now());
    domain::SnapshotRecord record;
    record.id = snapshot.id;
    record.user = "ann";
    record.created_at = clock.now();
    world.state().snapshots.put(record);
  }
};

}  // namespace

TEST_CASE("connections are those of the instances, once") {
  Fixture fixture;
  CHECK(fixture.collect().connections == 1);
  fixture.clock.advance(std::chrono::minutes(30));
  fixture.move_to(State::disconnected);
  CHECK(fixture.collect().connections == 1);
  CHECK(fixture.collect().connections == 0);
  const auto events = fixture.events();
  CHECK(events.front().type == "disconnect");
  CHECK(events.front().at == fixture.clock.now());
}

TEST_CASE("a desktop that fails while its user is connected ends the session") {
  Fixture fixture;
  fixture.clock.advance(std::chrono::minutes(1));
  fixture.move_to(State::failed);
  CHECK(fixture.collect().connections == 2);
}

TEST_CASE("what an instance used between two looks is a sample; memory is one at once") {
  Fixture fixture;
  fixture.world.fleet().used = {{"office-1", 10'000'000'000, 1000, 500, 600}, {"somebody-elses", 1, 1, 1, 1}};
  CHECK(fixture.collect().samples == 1);
  fixture.clock.advance(std::chrono::minutes(5));
  fixture.world.fleet().used = {{"office-1", 160'000'000'000, 2000, 3500, 600}};
  CHECK(fixture.collect().samples == 1);
  auto row = fixture.store.db().prepare("SELECT cpu, memory, network, storage FROM samples ORDER BY at");
  REQUIRE(row.step());
  CHECK(row.is_null(0));
  CHECK(row.integer(1) == 1000);
  REQUIRE(row.step());
  CHECK(row.real(0) == Approx(0.5));
  CHECK(row.real(2) == Approx(10));
  CHECK(row.real(3) == Approx(0));
}

TEST_CASE("counters that began anew, or were read long ago, make no rate") {
  Fixture fixture;
  fixture.world.fleet().used = {{"office-1", 10'000'000'000, 1, 500, 600}};
  fixture.collect();
  const auto advance = GENERATE(std::chrono::minutes(5), std::chrono::minutes(500));
  fixture.clock.advance(advance);
  fixture.world.fleet().used = {
      {"office-1", advance == std::chrono::minutes(5) ? 5U : 20'000'000'000U, 1, 1, 1}};
  fixture.collect();
  auto row = fixture.store.db().prepare("SELECT cpu, network FROM samples ORDER BY at DESC");
  REQUIRE(row.step());
  CHECK(row.is_null(0));
  CHECK(row.is_null(1));
}

TEST_CASE("applications that captures found running are launches, which last longer as captures go on") {
  Fixture fixture;
  fixture.capture(std::chrono::seconds(60));
  CHECK(fixture.collect().launches == 1);
  fixture.clock.advance(std::chrono::minutes(5));
  fixture.capture(std::chrono::seconds(361));  // a guest's clock wavers
  CHECK(fixture.collect().launches == 1);
  CHECK(fixture.collect().launches == 0);
  const auto events = fixture.events();
  const auto launches = std::ranges::count(events, "launch", &history::Event::type);
  CHECK(launches == 1);
  const auto launch = std::ranges::find(events, "launch", &history::Event::type);
  CHECK(launch->object == "browser");
  CHECK(launch->value == 360);
}

TEST_CASE("a host that does not answer costs its samples, and is named") {
  Fixture fixture;
  fixture.of.host = [](const std::string& name) -> fleet::Runtime& {
    throw base::Error(base::ErrorKind::host_unreachable, name + " is away");
  };
  const auto report = fixture.collect();
  CHECK(report.connections == 1);
  REQUIRE(report.failures.size() == 1);
  CHECK_THAT(report.failures[0], Contains("local"));
}
