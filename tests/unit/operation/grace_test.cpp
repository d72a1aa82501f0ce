// B5: a session whose user is away for too long ends, but never without having been captured; and a shadow
// that nobody comes to makes room.
#include "operation/grace.hpp"

#include "forecast/forecasts.hpp"
#include "operation/provision.hpp"
#include "operation/shadow.hpp"
#include "operation/waiting.hpp"
#include "predict/time_grid.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;
using domain::InstanceState;

namespace {

// A shadow that was made ahead just now.
std::string made_for(test::TempWorld& world, const std::string& user) {
  const auto name = operation::provision(world.world(), world.pool(), "local", "test");
  const auto now = world.world().clock.now();
  world.state().users.ensure(user, now);
  world.state().instances.reserve(name, user, "test", std::nullopt, now);
  world.state().instances.transition(name, InstanceState::stitching, InstanceState::persona_applied_available,
                                     "test", std::nullopt, now);
  return name;
}

// Disconnected just now.
std::string left_by(test::TempWorld& world, const std::string& user) {
  const auto name = made_for(world, user);
  const auto now = world.world().clock.now();
  const auto move = [&](InstanceState from, InstanceState to) {
    world.state().instances.transition(name, from, to, "test", std::nullopt, now);
  };
  move(InstanceState::persona_applied_available, InstanceState::connected);
  move(InstanceState::connected, InstanceState::disconnected);
  return name;
}

// With this chance in each quarter of an hour of a day.
void foretell(const policy::Policy& policy, const std::string& user, float chance, base::Timestamp now) {
  const std::int64_t origin_s = base::to_seconds(now) / predict::slot_s * predict::slot_s;
  forecast::Store store(policy.forecast_file(), forecast::Store::Access::write);
  forecast::ForecastWriter writer(store);
  writer.add(user, {std::vector<float>(96, chance), std::vector<float>(96, chance), 3600, 7200});
  writer.finish({base::from_seconds(origin_s), origin_s, 96, std::nullopt});
}

}  // namespace

TEST_CASE("B5: within the grace time a session is left alone") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto name = left_by(world, "alice");
  CHECK(operation::end_forgotten(world.world(), world.pool()).empty());
  CHECK(world.state().instances.get(name).state == InstanceState::disconnected);
}

TEST_CASE("B5: a session that cannot be captured goes on, and that is said") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto name = left_by(world, "alice");
  world.pool().grace_minutes = 0;
  const auto ended = operation::end_forgotten(world.world(), world.pool());
  REQUIRE(ended.size() == 1);
  CHECK_THAT(ended[0].error, test::Contains("no guest behind " + name));
  CHECK(world.state().instances.get(name).state == InstanceState::disconnected);
  CHECK(world.fleet().is_running(name));
  REQUIRE(world.said.size() == 1);
  CHECK_THAT(world.said[0], test::StartsWith("desktop " + name + " of alice stays"));
}

TEST_CASE("B5: a desktop that its user asked for, and did not come to, is captured before it goes") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto name = made_for(world, "alice");
  const auto asked = world.world().clock.now() + std::chrono::hours(3);
  operation::record_wait(world.state(), world.state().instances.get(name), "ready", asked, 0);
  const auto judged_after = [&](int minutes) {
    const base::FixedClock later(asked + std::chrono::minutes(minutes));
    return operation::forgotten(world.with(later), world.pool());
  };
  CHECK(judged_after(479).empty());  // of 480, since it was asked for
  const auto forgotten = judged_after(481);
  REQUIRE(forgotten.size() == 1);
  CHECK(forgotten[0].was_used);
  CHECK(forgotten[0].reason == "asked for, and nobody has come in more than 480 minutes");
  const base::FixedClock next_day(asked + std::chrono::hours(12));
  world.fleet().signs[name].display_clients = 1;  // where no hook tells of logins
  const auto ended = operation::end_forgotten(world.with(next_day), world.pool());
  REQUIRE(ended.size() == 1);
  CHECK_THAT(ended[0].error, test::StartsWith("alice may be at " + name));
  CHECK(world.state().instances.get(name).state == InstanceState::persona_applied_available);
}

TEST_CASE(
    "B5, C2: a shadow makes room when its user is not expected any more, and never by a wavering forecast") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto name = made_for(world, "alice");
  const base::FixedClock soon(world.world().clock.now() + std::chrono::minutes(50));
  const base::FixedClock later(soon.now() + std::chrono::minutes(20));
  CHECK(operation::forgotten(world.with(later), world.pool()).empty());  // nothing is foretold
  foretell(world.policy(), "alice", 0.1F, later.now());                  // 34 % in an hour
  CHECK(operation::forgotten(world.with(later), world.pool()).empty());
  foretell(world.policy(), "alice", 0.01F, later.now());
  CHECK(operation::forgotten(world.with(soon), world.pool()).empty());
  const auto ended = operation::end_forgotten(world.with(later), world.pool());
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].error.empty());
  CHECK_THAT(ended[0].what.reason, test::Contains("comes in the next hour with probability 0.05 only"));
  CHECK(world.state().instances.get(name).state == InstanceState::reclaimed);
}

TEST_CASE("B5: a shadow of somebody of whom nothing is foretold goes after the grace time") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto name = made_for(world, "alice");
  world.pool().grace_minutes = 0;
  const auto ended = operation::end_forgotten(world.world(), world.pool());
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].error.empty());
  CHECK(world.state().instances.get(name).state == InstanceState::reclaimed);
}

TEST_CASE("C2: what its user has asked for is whole, whatever is foretold, until they have left it again") {
  const test::TempDir dir;
  test::TempWorld world(dir.path());
  const auto name = made_for(world, "alice");
  const auto now = world.world().clock.now();
  foretell(world.policy(), "alice", 0.001F, now);
  const auto stage = [&](base::Timestamp at) {
    const operation::Returns returns(world.policy().forecast_file(), at);
    return operation::inflation_by_forecast(world.policy(), world.state(), returns,
                                            world.state().instances.get(name))
        ->stage;
  };
  CHECK_FALSE(stage(now));
  operation::record_wait(world.state(), world.state().instances.get(name), "ready", now, 0);
  CHECK(stage(now + std::chrono::minutes(1)) == "full");
  CHECK_FALSE(stage(now + std::chrono::minutes(31)));
  const auto left_at = now + std::chrono::minutes(2);
  for (const auto& [from, to] :
       {std::pair(InstanceState::persona_applied_available, InstanceState::connected),
        std::pair(InstanceState::connected, InstanceState::disconnected)})
    world.state().instances.transition(name, from, to, "test", std::nullopt, left_at);
  CHECK_FALSE(stage(now + std::chrono::minutes(3)));
}
