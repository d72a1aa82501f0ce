// Plans of pools by what stores and policy say (SPEC B3).
#include "operation/pool_planning.hpp"

#include <fstream>

#include "base/error.hpp"
#include "forecast/forecasts.hpp"
#include "forecast/pools.hpp"
#include "operation/journal.hpp"
#include "operation/plan_validity.hpp"
#include "operation/pool.hpp"
#include "operation/provision.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

// A Monday.
const base::Timestamp nine = base::parse_rfc3339("2026-03-02T09:00:00.000Z");

class Planned {
 public:
  Planned() : world(dir.path()) {
    world.policy().time_zone = "Europe/Warsaw";
    world.pool().floor = 1;
  }

  operation::PlannedPool at(base::Timestamp now) {
    operation::PoolPlanner planner(world.policy(), world.state(), {"office"}, now);
    return planner.plan(world.pool());
  }

  // From nine on: so many arrivals in each hour, and the chance of each user in each quarter.
  void foretell(float arrivals, const std::map<std::string, float>& users, base::Timestamp made_at = nine) {
    forecast::Store store(world.policy().forecast_file(), forecast::Store::Access::write);
    predict::Quantiles hour;
    hour.fill(arrivals);
    forecast::put_pool_forecasts(
        store, {{"office", base::to_seconds(nine) / 3600, std::vector(24, hour), std::vector(24, hour)}});
    forecast::ForecastWriter writer(store);
    for (const auto& [user, chance] : users)
      writer.add(user, {std::vector<float>(96, chance), std::vector<float>(96, chance), 3600, 7200});
    for (const auto& [user, chance] : users) capture(user);
    writer.finish({made_at, base::to_seconds(nine), 96, std::nullopt});
  }

  // As far as the state store knows.
  void capture(const std::string& user) {
    world.state().users.ensure(user, nine);
    domain::SnapshotRecord record;
    record.id = "snapshot-of-" + user;
    record.user = user;
    record.created_at = nine;
    record.layers = {"profile"};
    world.state().snapshots.put(record);
  }

  test::TempDir dir;
  test::TempWorld world;
};

bool says(const std::vector<std::string>& notes, const std::string& part) {
  return std::ranges::any_of(notes, [&](const auto& note) { return note.find(part) != std::string::npos; });
}

// Why the plan is not to be carried out; empty: it is.
std::string refusal_of(Planned& pool, const plan::PoolPlan& plan, base::Timestamp now) {
  try {
    operation::require_valid(pool.world.policy(), pool.world.state(), pool.world.pool(), plan, now);
  } catch (const base::Error& e) {
    CHECK(e.kind() == base::ErrorKind::usage);
    CHECK(e.hint() == "make a new one with 'deskloom pool plan office --out FILE'");
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("B3: with no forecast, floor and schedule serve, by the users' clock, and the plan says so") {
  Planned pool;
  pool.world.pool().schedule = {"Mon-Fri 07:30-10:00 6", "daily 00:00-24:00 2"};
  CHECK(pool.at(nine - hours(1)).plan.target.ghosts == 6);  // 09:00 in Warsaw
  CHECK(pool.at(nine).plan.target.ghosts == 2);
  const auto planned = pool.at(nine);
  CHECK(planned.plan.target.reason == "schedule 2");
  CHECK(says(planned.notes, "nothing is foretold: floor and schedule serve"));
  CHECK(says(planned.notes, "provisioning was never measured here: 120 s are assumed"));
  CHECK(planned.alternatives.empty());
  CHECK(planned.steps.size() == 96);
}

TEST_CASE("B3: a forecast sizes the pool and names shadows, until it is too old") {
  Planned pool;
  pool.foretell(20, {{"anna", 0.7F}, {"ben", 0.1F}});
  const auto planned = pool.at(nine);
  CHECK(planned.plan.target.ghosts > 2);
  REQUIRE(planned.plan.target.shadows.size() == 1);
  CHECK(planned.plan.target.shadows[0].user == "anna");
  CHECK(planned.steps.size() == 95);  // the last window would reach beyond
  CHECK_FALSE(planned.alternatives.empty());
  const auto late = pool.at(nine + hours(23) + minutes(1));
  CHECK(late.plan.target == plan::PoolTarget{1, 1, "floor 1", {}});
  CHECK(says(late.notes,
             "the newest forecast, of 2026-03-02T09:00:00.000Z, reaches until "
             "2026-03-03T09:00:00.000Z: floor and schedule serve"));
}

TEST_CASE("B3: of those foretold to be there at once it is known ahead that max will be too small") {
  Planned pool;
  pool.foretell(20, {});
  pool.world.pool().max = 30;
  CHECK_FALSE(says(pool.at(nine).notes, "too few"));
  CHECK(pool.at(nine).steps[10].ghosts == 10);
  pool.world.pool().max = 15;
  CHECK(says(pool.at(nine).notes, "20 instances may be in use at once: with floor 1, max 15 is 6 too few"));
}

TEST_CASE("B3: measured times take the place of assumed ones") {
  Planned pool;
  pool.foretell(20, {});
  const int assumed = pool.at(nine).plan.target.ghosts;
  const auto& state = pool.world.state();
  for (int i = 0; i < 3; ++i) {
    const auto begun = operation::begin_provision(pool.world.world(), pool.world.pool(), "local", "a test");
    state.operations.begin_step(begun.id, "all", begun.started_at);
    state.operations.finish_step(begun.id, "all", begun.started_at + hours(1));
    state.operations.finish(begun.id, domain::OperationState::done, std::nullopt,
                            begun.started_at + hours(1));
    state.instances.transition(begun.instance, domain::InstanceState::provisioning,
                               domain::InstanceState::failed, "a test", std::nullopt, begun.started_at);
  }
  const auto slow = pool.at(nine);
  CHECK(slow.plan.target.ghosts > assumed);
  CHECK_FALSE(says(slow.notes, "provisioning was never measured"));
}

TEST_CASE("B3: of whom no persona was captured, a ghost serves as well as a shadow") {
  Planned pool;
  pool.foretell(4, {{"anna", 0.7F}});
  pool.world.state().snapshots.remove("snapshot-of-anna");
  CHECK(pool.at(nine).plan.target.shadows.empty());
}

TEST_CASE("B3: what is dearer keeps fewer ghosts, by prices where policy does not say it") {
  Planned pool;
  pool.foretell(20, {});
  pool.world.pool().served_percent = 0;
  const int cheap = pool.at(nine).plan.target.ghosts;
  pool.world.policy().prices["all"].cpu_hour = 60;
  const int dear = pool.at(nine).plan.target.ghosts;
  CHECK(dear < cheap);
  pool.world.pool().idle_cost = 0.02;
  CHECK(pool.at(nine).plan.target.ghosts == cheap);
}

TEST_CASE("B3: a plan that was carried out leaves nothing to do but a shadow that could not be started") {
  Planned pool;
  pool.foretell(4, {{"anna", 0.7F}});
  const auto planned = pool.at(nine);
  const auto outcomes =
      operation::apply_plan(pool.world.world(), pool.world.pool(), planned.plan, [] { return false; });
  REQUIRE_FALSE(outcomes.empty());
  // The store of snapshots has nothing of her after all.
  for (const auto& outcome : outcomes)
    CHECK(outcome.error.empty() == (outcome.action.kind != plan::ActionKind::shadow));
  for (const auto& action : pool.at(nine).plan.actions) CHECK(action.kind == plan::ActionKind::shadow);
  const auto again =
      operation::apply_plan(pool.world.world(), pool.world.pool(), planned.plan, [] { return false; });
  REQUIRE(again.size() == 1);
  CHECK(again[0].action.kind == plan::ActionKind::shadow);
}

TEST_CASE("B3: a plan is refused once its pool's policy is another, and says how") {
  Planned pool;
  const auto plan = pool.at(nine).plan;
  const auto why = [&] { return refusal_of(pool, plan, nine); };
  CHECK(why().empty());
  pool.world.pool().copy_rate = 7;  // of desktops that are there
  CHECK(why().empty());
  pool.world.pool().floor = 3;
  pool.world.pool().ghost_mode = "saved";
  CHECK(why() ==
        "the plan for pool office is stale: the pool's policy has changed since it was made: floor was 1 and "
        "is 3, "
        "ghost_mode was \"booted\" and is \"saved\"");
}

TEST_CASE("B3: a plan holds until its window is over, and for ever where nothing is left of it") {
  Planned pool;
  const auto plan = pool.at(nine).plan;
  CHECK(plan.holds_until == nine + minutes(30));
  CHECK(refusal_of(pool, plan, nine + minutes(29)).empty());
  CHECK(refusal_of(pool, plan, nine + minutes(30)) ==
        "the plan for pool office is stale: it held until 2026-03-02T09:30:00.000Z");
  operation::apply_plan(pool.world.world(), pool.world.pool(), plan, [] { return false; });
  CHECK(refusal_of(pool, plan, nine + hours(5)).empty());
}

TEST_CASE("B3: a newer forecast makes a plan stale when it asks for something else") {
  Planned pool;
  pool.foretell(4, {});
  const auto plan = pool.at(nine).plan;
  pool.foretell(4, {}, nine + minutes(5));
  CHECK(refusal_of(pool, plan, nine + minutes(5)).empty());
  pool.foretell(30, {}, nine + minutes(10));
  const std::string makes = std::to_string(plan.target.ghosts) + " ghosts and 0 new shadows";
  CHECK_THAT(refusal_of(pool, plan, nine + minutes(10)),
             test::Contains("stale: the forecast changed since it was made, and now ") &&
                 test::Contains(" ghosts and 0 new shadows are wanted; it makes " + makes));
}

TEST_CASE("C5: other prices make a plan stale when they ask for something else") {
  Planned pool;
  pool.foretell(20, {});
  pool.world.pool().served_percent = 0;
  const auto plan = pool.at(nine).plan;
  pool.world.policy().prices["all"].cpu_hour = 1.2;  // as much as is assumed without prices
  CHECK(refusal_of(pool, plan, nine).empty());
  pool.world.policy().prices["all"].cpu_hour = 60;
  CHECK_THAT(refusal_of(pool, plan, nine), test::Contains("stale: prices changed since it was made"));
}

TEST_CASE(
    "C5: a ghost pays its share of what its host costs beside desktops in use; ghosts make no more worth "
    "it") {
  Planned pool;
  pool.foretell(20, {});
  pool.world.pool().served_percent = 0;
  pool.world.policy().prices["all"].host_hour = 60;
  const int alone = pool.at(nine).plan.target.ghosts;
  auto& lab = pool.world.policy().pools["lab"] = pool.world.pool();
  lab.name = "lab";
  std::vector<std::string> others;
  for (int i = 0; i < 9; ++i)
    others.push_back(operation::provision(pool.world.world(), lab, "local", "a test"));
  CHECK(pool.at(nine).plan.target.ghosts == alone);
  const auto& state = pool.world.state();
  for (const std::string& name : others) {
    using enum domain::InstanceState;
    state.users.ensure("of " + name, nine);
    state.instances.reserve(name, "of " + name, "a test", std::nullopt, nine);
    state.instances.transition(name, stitching, persona_applied_available, "a test", std::nullopt, nine);
    state.instances.transition(name, persona_applied_available, connected, "a test", std::nullopt, nine);
  }
  CHECK(pool.at(nine).plan.target.ghosts > alone);
}

TEST_CASE("G3: a plan counts no GPUs of a cluster, whose scheduler does") {
  Planned pool;
  pool.world.policy().hosts["local"].engine = "kubernetes";
  pool.world.pool().hosts = {"local"};
  pool.world.pool().gpus = 1;
  pool.world.pool().floor = 3;
  const auto planned = pool.at(nine);
  REQUIRE(planned.plan.actions.size() == 3);
  for (const auto& action : planned.plan.actions) CHECK_THAT(action.reason, test::Contains("; on local"));
}

TEST_CASE("C5: a plan says where it would make each instance, and never on a host that is full") {
  Planned pool;
  auto& policy = pool.world.policy();
  policy.hosts["local"].memory_limit_bytes = 0;
  policy.hosts["far"] = policy.hosts["local"];
  policy.hosts["far"].name = "far";
  const auto memory = pool.world.pool().memory_bytes;
  for (const char* host : {"far", "local"}) policy.hosts[host].memory_limit_bytes = memory + memory / 2;
  policy.prices["far"].hosts = {"far"};
  policy.prices["far"].cpu_hour = 1;
  pool.world.pool().floor = 3;
  const auto planned = pool.at(nine);
  REQUIRE(planned.plan.actions.size() == 3);
  CHECK(planned.plan.actions[0].reason ==
        "0 warm and 0 coming, 3 wanted; local is the cheapest (0.0000 an hour) of 2 candidates");
  CHECK_THAT(planned.plan.actions[1].reason, test::Contains("; far "));
  CHECK(planned.plan.actions[2].reason == "0 warm and 0 coming, 3 wanted");
  CHECK(says(planned.notes, "no host has 256.0 MiB of memory free: "));
  CHECK(planned.hosts[0].host == "local");
  operation::provision(pool.world.world(), pool.world.pool(), "local", "a test");
  const auto next = pool.at(nine);
  CHECK(next.hosts[0].host == "far");
  CHECK_THAT(next.hosts[1].why, test::Contains("of memory free"));
}

TEST_CASE("B3: an instance that was left is held for its grace time, and one in use for a session more") {
  Planned pool;
  pool.world.pool().grace_minutes = 120;
  pool.foretell(4, {{"anna", 0.7F}, {"ben", 0.7F}});
  const auto name = operation::provision(pool.world.world(), pool.world.pool(), "local", "a test");
  const auto& instances = pool.world.state().instances;
  instances.reserve(name, "anna", "a test", std::nullopt, nine);
  const auto first_shadow = [&](const std::string& user) {
    const auto steps = pool.at(nine).steps;
    const auto found = std::ranges::find_if(steps, [&](const plan::PoolStep& step) {
      return std::ranges::find(step.shadows, user, &plan::ShadowChoice::user) != step.shadows.end();
    });
    return found - steps.begin();
  };
  CHECK(first_shadow("anna") == 12);  // a session of an hour, as is foretold, and two hours
  CHECK(first_shadow("ben") == 0);
  using S = domain::InstanceState;
  instances.transition(name, S::stitching, S::persona_applied_available, "a test", std::nullopt, nine);
  instances.transition(name, S::persona_applied_available, S::connected, "a test", std::nullopt, nine);
  instances.transition(name, S::connected, S::disconnected, "a test", std::nullopt, nine - minutes(60));
  CHECK(first_shadow("anna") == 4);
}

TEST_CASE("C5: ghosts stand by for shadows on a host that may be taken away") {
  Planned pool;
  pool.world.policy().spot.file = pool.dir / "spot.csv";
  std::ofstream(pool.dir / "spot.csv") << "host,eviction_per_hour\nlocal,0.4\n";
  pool.world.policy().spot.max_age_minutes = 10'000'000;
  const int before = pool.at(nine).plan.target.ghosts;
  const auto& instances = pool.world.state().instances;
  using S = domain::InstanceState;
  for (const std::string user : {"anna", "ben", "cleo"}) {
    const auto name = operation::provision(pool.world.world(), pool.world.pool(), "local", "a test");
    instances.reserve(name, user, "a test", std::nullopt, nine);
    instances.transition(name, S::stitching, S::persona_applied_available, "a test", std::nullopt, nine);
  }
  CHECK(pool.at(nine).plan.target.ghosts > before);
}
