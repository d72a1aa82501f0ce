// How a pool is sized by what is foretold, measured and paid (SPEC B3), and what never happens then.
#include "plan/pool_sizing.hpp"

#include <algorithm>
#include <random>

#include "outlooks.hpp"
#include "plan/pool_plan.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::plan;
using namespace deskloom::test;
using std::chrono::minutes;

namespace {

PoolOutlook steady(double arrivals_per_hour) {
  PoolOutlook outlook = quiet_outlook();
  outlook.arrivals.hours.assign(6, certain_hour(arrivals_per_hour));
  return outlook;
}

PoolTarget target_of(const PoolOutlook& outlook, const PoolSituation& situation) {
  return PoolSizing(outlook, situation).target();
}

int ghosts_for(const PoolOutlook& outlook) { return target_of(outlook, empty_pool(0, 50)).ghosts; }

HourArrivals random_hour(std::mt19937& random, double scale) {
  std::uniform_real_distribution<double> rise(0, scale);
  std::vector<QuantilePoint> points;
  double amount = 0;
  for (const double level : {0.1, 0.3, 0.5, 0.7, 0.9, 0.99})
    points.push_back({level, amount += rise(random)});
  return HourArrivals(points);
}

PoolOutlook random_outlook(std::mt19937& random) {
  std::uniform_real_distribution<double> share(0, 1);
  PoolOutlook outlook = quiet_outlook();
  const double scale = share(random) * 8;
  if (random() % 4 != 0)
    for (int hour = 0; hour < 6; ++hour) outlook.arrivals.hours.push_back(random_hour(random, scale));
  for (unsigned user = 0; user < random() % 12; ++user) {
    auto& added = outlook.arrivals.users.emplace_back(user_coming("u" + std::to_string(user), 0));
    for (float& connects : added.connects) connects = static_cast<float>(share(random) * share(random));
    if (random() % 4 == 0) added.held_until = monday_nine + minutes(random() % 600);
  }
  outlook.times.provision_s = 10 + 300 * share(random);
  outlook.times.provision_p90_s = outlook.times.provision_s * (1 + share(random));
  outlook.parallel = 1 + static_cast<int>(random() % 4);
  outlook.wait_per_min = share(random) * 3;
  outlook.max_shadows = static_cast<int>(random() % 5);
  outlook.session = minutes(15 + random() % 180);
  outlook.grace = minutes(random() % 600);
  for (unsigned left = random() % 4; left > 0; --left)
    outlook.graces_end.push_back(monday_nine + minutes(random() % 600));
  for (double& idle : outlook.idle_per_min) idle = share(random) * 0.1;
  for (std::size_t step = random() % 24; step > 0; --step) {
    const int median = static_cast<int>(random() % 20);
    outlook.in_use.push_back({median, median + static_cast<int>(random() % 10)});
  }
  for (int& ghosts : outlook.scheduled) ghosts = random() % 5 == 0 ? static_cast<int>(random() % 5) : 0;
  return outlook;
}

PoolSituation random_situation(std::mt19937& random) {
  const auto up_to = [&](unsigned max) { return static_cast<int>(random() % (max + 1)); };
  PoolSituation situation = empty_pool(up_to(4), 5 + up_to(30));
  situation.limits.size = up_to(12);
  situation.provisioning = up_to(3);
  situation.in_use = up_to(6);
  for (int i = up_to(10); i > 0; --i) situation.warm.push_back("w" + std::to_string(i));
  return situation;
}

// Everything carried out: who has got a shadow holds an instance.
void carry_out(const PoolPlan& plan, PoolOutlook& outlook, PoolSituation& situation) {
  for (const PoolAction& action : plan.actions) {
    if (action.kind == ActionKind::reclaim) std::erase(situation.warm, *action.instance);
    if (action.kind == ActionKind::provision)
      situation.warm.push_back("new-" + std::to_string(situation.warm.size()));
    if (action.kind != ActionKind::shadow) continue;
    REQUIRE_FALSE(situation.warm.empty());
    situation.warm.erase(situation.warm.begin());
    ++situation.in_use;
    ++situation.shadows;
    std::ranges::find(outlook.arrivals.users, *action.user, &ForetoldUser::user)->held_until =
        held_until(outlook);
  }
}

}  // namespace

TEST_CASE("B3: ghosts cover the demand until what is ordered next could be there") {
  // 12 an hour, certain: in the window of half an hour each comes with probability 1/2.
  const auto outlook = steady(12);
  const auto situation = empty_pool(0, 50);
  const PoolSizing sizing(outlook, situation);
  CHECK(sizing.window() == minutes(30));
  CHECK(sizing.steps()[0].ghosts == certain_hour(12).thinned(0.5).quantile(0.95));
  CHECK(sizing.steps()[0].arrivals == Approx(3));
  CHECK(sizing.target().reason ==
        "6.0 arrivals expected until 09:30 UTC: 9 suffice with probability 0.981, 0.950 wanted by "
        "served_percent");
}

TEST_CASE("B3: the longer provisioning takes, the further ahead ghosts are kept") {
  auto slow = steady(12);
  slow.times.provision_s = slow.times.provision_p90_s = 45 * 60;
  const auto situation = empty_pool(0, 50);
  CHECK(PoolSizing(slow, situation).window() == minutes(60));
  CHECK(ghosts_for(slow) == 12);
}

TEST_CASE("B3: the level is the critical ratio of waiting and idling where the promise asks for less") {
  auto outlook = steady(12);
  outlook.served_percent = 0;
  // One minute of waiting against 15 of idling.
  for (double& idle : outlook.idle_per_min) idle = 1.0 / 15;
  CHECK(ghosts_for(outlook) == certain_hour(12).thinned(0.5).quantile(0.5));
  outlook.wait_per_min = 0;
  CHECK(ghosts_for(outlook) == certain_hour(12).thinned(0.5).quantile(0));
}

TEST_CASE("B3: ghosts of later steps leave room for those who are foretold to be there at once") {
  auto outlook = steady(12);
  const auto situation = empty_pool(0, 10);
  CHECK(PoolSizing(outlook, situation).steps()[8].ghosts == 9);
  CHECK(PoolSizing(outlook, situation).shortage().empty());
  outlook.in_use.assign(12, {2, 3});
  outlook.in_use[8] = {7, 13};
  const PoolSizing sizing(outlook, situation);
  CHECK(sizing.steps()[0].ghosts == 9);  // what is there now is counted by the plan's actions
  CHECK(sizing.steps()[7].ghosts == 8);
  CHECK(sizing.steps()[8].ghosts == 3);
  CHECK_THAT(sizing.steps()[8].reason, Contains("max 10 leaves 3 beside those in use"));
  CHECK(sizing.shortage() ==
        "at 11:00 UTC, 13 instances may be in use at once: with floor 0, max 10 is 3 too few");
}

TEST_CASE("B3: what a pool's size asks for is counted by those who are foretold to be there") {
  auto outlook = quiet_outlook();
  outlook.in_use.assign(12, {4, 6});
  auto situation = empty_pool(0, 20);
  situation.limits.size = 10;
  situation.in_use = 6;
  const PoolSizing sizing(outlook, situation);
  CHECK(sizing.steps()[0].ghosts == 4);
  CHECK(sizing.steps()[1].ghosts == 4);   // they may still be there
  CHECK(sizing.steps()[10].ghosts == 6);  // they have left
}

TEST_CASE("B3: instances are held until their users have left and the grace time is over") {
  auto outlook = quiet_outlook();
  outlook.session = minutes(60);
  outlook.grace = minutes(30);
  outlook.in_use.assign(24, {0, 0});
  outlook.in_use[8] = {5, 5};
  auto situation = empty_pool(0, 20);
  situation.limits.size = 10;
  situation.in_use = 6;
  outlook.graces_end = {monday_nine + minutes(15)};  // one has left
  const PoolSizing sizing(outlook, situation);
  CHECK(sizing.steps()[0].ghosts == 4);
  CHECK(sizing.steps()[1].ghosts == 5);  // theirs is reclaimed by then
  CHECK(sizing.steps()[5].ghosts == 5);
  CHECK(sizing.steps()[6].ghosts == 10);  // an hour, and half of one
  CHECK(sizing.steps()[8].ghosts == 5);
  CHECK(sizing.steps()[10].ghosts == 5);  // those of two steps before
  CHECK(sizing.steps()[11].ghosts == 10);
}

TEST_CASE("B3: who has left needs another instance once theirs is reclaimed") {
  auto outlook = quiet_outlook();
  outlook.arrivals.users = {user_coming("anna", 0.8F, monday_nine + minutes(60))};
  const auto situation = empty_pool(0, 50);
  const PoolSizing sizing(outlook, situation);
  CHECK(sizing.steps()[3].shadows.empty());
  CHECK(sizing.steps()[4].shadows.size() == 1);
}

TEST_CASE("B3: floor, schedule and size hold whatever is foretold, and max bounds all of them") {
  auto outlook = quiet_outlook();
  CHECK(target_of(outlook, empty_pool(3, 9)) == PoolTarget{3, 3, "floor 3", {}});
  outlook.scheduled[0] = 5;
  const auto scheduled = target_of(outlook, empty_pool(3, 9));
  CHECK(scheduled.ghosts == 5);
  CHECK(scheduled.reason == "schedule 5");
  auto situation = empty_pool(1, 9);
  situation.limits.size = 9;
  situation.in_use = 2;
  CHECK(target_of(outlook, situation).reason == "size 9 less 2 in use");
  CHECK(ghosts_for(steady(1000)) == 50);
}

TEST_CASE("B3: what cannot be made in time later is asked for now") {
  auto outlook = quiet_outlook();
  outlook.parallel = 1;
  outlook.times.provision_s = outlook.times.provision_p90_s = 300;  // three in each step
  outlook.scheduled[3] = 10;                                        // in the window from 09:30 on
  const auto target = target_of(outlook, empty_pool(0, 50));
  CHECK(target.ghosts == 4);
  CHECK(target.reason == "10 are wanted at 09:30 UTC, and only 3.0 can be made in 15 minutes");
}

TEST_CASE("B3: users whose return is likely get a shadow, and the rest share ghosts") {
  auto outlook = quiet_outlook();
  outlook.arrivals.users = {user_coming("anna", 0.8F), user_coming("ben", 0.3F),
                            user_coming("cleo", 0.9F, monday_nine + minutes(60))};
  const auto target = target_of(outlook, empty_pool(0, 50));
  REQUIRE(target.shadows.size() == 1);
  CHECK(target.shadows[0].user == "anna");
  CHECK(target.shadows[0].probability == Approx(0.96));
  CHECK(target.shadows[0].reason ==
        "comes until 09:30 UTC with probability 0.96, and would wait 0.5 minutes less");
  CHECK(target.ghosts == 1);  // for ben
  auto full = empty_pool(0, 3);
  full.in_use = 3;
  CHECK(target_of(outlook, full).shadows.empty());
}

TEST_CASE("B3: a plan with shadows makes ghosts for them first") {
  auto outlook = quiet_outlook();
  outlook.arrivals.users = {user_coming("anna", 0.8F), user_coming("ben", 0.3F)};
  const auto situation = empty_pool(0, 50);
  const auto plan = plan_pool(situation, target_of(outlook, situation), outlook.now);
  REQUIRE(plan.actions.size() == 3);
  CHECK(plan.actions[0].reason == "0 warm and 0 coming, 1 wanted and 1 for shadows");
  CHECK(plan.actions[2].kind == ActionKind::shadow);
  CHECK(plan.actions[2].user == "anna");
}

TEST_CASE("B3: what will be wanted again soon stays") {
  auto outlook = quiet_outlook();
  outlook.scheduled[2] = 4;
  auto situation = empty_pool(1, 50);
  situation.warm = {"a", "b", "c", "d", "e"};
  const auto plan = plan_pool(situation, target_of(outlook, situation), outlook.now);
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].instance == "a");
  CHECK(plan.reasons == std::vector<std::string>{"3 more than wanted now stay: they will be wanted soon"});
}

TEST_CASE("C5: ghosts that a host may take back are replaced before they are needed") {
  auto outlook = steady(12);
  auto situation = empty_pool(0, 50);
  const int safe = target_of(outlook, situation).ghosts;
  for (int i = 0; i < safe; ++i) {
    situation.warm.push_back("w" + std::to_string(i));
    outlook.evictions_per_hour[situation.warm.back()] = 0.3;
  }
  const auto target = target_of(outlook, situation);
  CHECK(target.ghosts > safe);
  CHECK_THAT(target.reason, Contains("because hosts may take some back"));
  outlook.new_evictions_per_hour = 0.3;
  CHECK(target_of(outlook, situation).ghosts >= target.ghosts);
}

TEST_CASE("C5: ghosts stand by for those whose shadows a host may take back") {
  auto outlook = steady(12);
  auto situation = empty_pool(0, 50);
  situation.in_use = situation.shadows = 4;
  const int safe = target_of(outlook, situation).ghosts;
  outlook.shadow_evictions_per_hour.assign(4, 0.4);
  const auto target = target_of(outlook, situation);
  CHECK(target.ghosts > safe);
  CHECK_THAT(target.reason, Contains("because hosts may take some back"));
  outlook.shadow_evictions_per_hour.assign(1, 0.01);  // the promise holds as it is
  CHECK(target_of(outlook, situation).ghosts == safe);
}

TEST_CASE("C5: the alternatives say why they lost") {
  const auto outlook = steady(12);
  const auto situation = empty_pool(2, 50);
  const auto others = PoolSizing(outlook, situation).alternatives();
  REQUIRE(others.size() == 4);
  CHECK(others[0].ghosts == 2);
  CHECK(others[0].verdict == "somebody waits in 98 of 100 windows, 5 are allowed");
  CHECK_THAT(others[2].verdict, StartsWith("chosen: "));
  CHECK_THAT(others[3].verdict, StartsWith("costs 0."));
  CHECK(others[1].wait_cost > others[2].wait_cost);
}

TEST_CASE("B3: whatever is foretold: bounds hold, and a plan that was carried out leaves nothing to do") {
  std::mt19937 random(20261122);
  for (int round = 0; round < 400; ++round) {
    INFO("round " << round);
    auto outlook = random_outlook(random);
    auto situation = random_situation(random);
    const PoolSizing sizing(outlook, situation);
    for (const PoolStep& step : sizing.steps()) {
      REQUIRE(step.ghosts <= situation.limits.max);
      REQUIRE(step.ghosts >= situation.limits.floor);
      REQUIRE(step.shadows.size() <= static_cast<std::size_t>(outlook.max_shadows));
      REQUIRE_FALSE(step.reason.empty());
      REQUIRE(step.cost >= -1e-9);
    }
    const auto plan = plan_pool(situation, sizing.target(), outlook.now);
    carry_out(plan, outlook, situation);
    const auto again = plan_pool(situation, target_of(outlook, situation), outlook.now);
    REQUIRE(again.actions.empty());
  }
}

TEST_CASE("B3: dearer waiting, or more demand, never takes a ghost away") {
  std::mt19937 random(20261123);
  for (int round = 0; round < 200; ++round) {
    INFO("round " << round);
    auto outlook = random_outlook(random);
    outlook.arrivals.users.clear();
    outlook.arrivals.hours.assign(6, random_hour(random, 3));
    outlook.served_percent = 0;
    auto dearer = outlook;
    dearer.wait_per_min *= 2;
    REQUIRE(ghosts_for(dearer) >= ghosts_for(outlook));
    auto busier = outlook;
    busier.arrivals.users = {};
    const double more = 2 + static_cast<double>(random() % 10);
    for (auto& hour : outlook.arrivals.hours) hour = certain_hour(more);
    for (auto& hour : busier.arrivals.hours) hour = certain_hour(more * 1.3);
    REQUIRE(ghosts_for(busier) >= ghosts_for(outlook));
  }
}

TEST_CASE("B3: the order of users makes no difference, nor does planning twice") {
  std::mt19937 random(20261124);
  for (int round = 0; round < 100; ++round) {
    INFO("round " << round);
    const auto outlook = random_outlook(random);
    const auto situation = random_situation(random);
    auto shuffled = outlook;
    std::ranges::shuffle(shuffled.arrivals.users, random);
    REQUIRE(target_of(shuffled, situation) == target_of(outlook, situation));
    REQUIRE(target_of(outlook, situation) == target_of(outlook, situation));
  }
}

TEST_CASE("B3: under a constant forecast nothing is taken away, and little is made") {
  auto outlook = quiet_outlook();
  outlook.arrivals.hours.assign(12, certain_hour(20));
  auto situation = empty_pool(1, 50);
  carry_out(plan_pool(situation, target_of(outlook, situation), outlook.now), outlook, situation);
  const auto at_first = situation.warm.size();
  for (int minute = 1; minute < 240; ++minute) {
    outlook.now = monday_nine + minutes(minute);
    const auto plan = plan_pool(situation, target_of(outlook, situation), outlook.now);
    INFO("minute " << minute);
    REQUIRE(std::ranges::none_of(plan.actions,
                                 [](const auto& action) { return action.kind == ActionKind::reclaim; }));
    carry_out(plan, outlook, situation);
  }
  // Over the full hour two halves vary more than one, so that one more stands by.
  CHECK(situation.warm.size() <= at_first + 1);
}
