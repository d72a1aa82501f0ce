#include "plan/pool_plan.hpp"

#include <algorithm>
#include <random>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using plan::ActionKind;
using S = domain::InstanceState;

namespace {

const base::Timestamp made_at = base::from_ns(5);

plan::PoolSituation office(int floor, std::vector<std::string> warm) {
  plan::PoolSituation situation;
  situation.pool = "office";
  situation.limits = {floor, 0, 10};
  situation.warm = std::move(warm);
  return situation;
}

plan::PoolPlan plan_of(const plan::PoolSituation& situation) {
  return plan::plan_pool(situation, plan::least_target(situation.limits, 0, situation.in_use), made_at);
}

std::vector<std::string> reclaimed(const plan::PoolPlan& plan) {
  std::vector<std::string> names;
  for (const auto& action : plan.actions) {
    if (action.kind == ActionKind::reclaim) names.push_back(*action.instance);
  }
  return names;
}

int provisioned(const plan::PoolPlan& plan) {
  return static_cast<int>(std::count_if(plan.actions.begin(), plan.actions.end(), [](const auto& action) {
    return action.kind == ActionKind::provision;
  }));
}

domain::Instance instance(const std::string& name, S state, std::int64_t created_ns) {
  domain::Instance instance;
  instance.name = name;
  instance.state = state;
  instance.created_at = base::from_ns(created_ns);
  return instance;
}

int total(const plan::PoolSituation& s) {
  return s.provisioning + s.in_use + s.reclaiming + static_cast<int>(s.warm.size() + s.failed.size());
}

// The situation after every action has been carried out.
plan::PoolSituation after(plan::PoolSituation situation, const plan::PoolPlan& plan) {
  for (const auto& name : reclaimed(plan)) {
    std::erase(situation.warm, name);
    std::erase(situation.failed, name);
  }
  for (int i = 0; i < provisioned(plan); ++i) situation.warm.push_back("new-" + std::to_string(i));
  return situation;
}

plan::PoolSituation random_situation(std::mt19937& random) {
  const auto up_to = [&](int max) { return static_cast<int>(random() % static_cast<unsigned>(max + 1)); };
  plan::PoolSituation situation;
  situation.pool = "office";
  situation.limits = {up_to(8), up_to(12), up_to(12)};
  situation.provisioning = up_to(4);
  situation.in_use = up_to(6);
  situation.reclaiming = up_to(3);
  for (int i = up_to(10); i > 0; --i) situation.warm.push_back("w" + std::to_string(i));
  for (int i = up_to(3); i > 0; --i) situation.failed.push_back("f" + std::to_string(i));
  return situation;
}

}  // namespace

TEST_CASE("a pool at its target has nothing to do, and the plan says so") {
  const auto plan = plan_of(office(2, {"a", "b"}));
  CHECK(plan.actions.empty());
  CHECK(plan.reasons == std::vector<std::string>{"2 warm and 0 coming: nothing to do"});
  CHECK(plan.pool == "office");
  CHECK(plan.made_at == made_at);
  CHECK(plan.target == plan::PoolTarget{2, 2, "floor 2", {}});
}

TEST_CASE("missing ghosts are provisioned, less those that are coming") {
  auto situation = office(5, {"a"});
  situation.provisioning = 1;
  const auto plan = plan_of(situation);
  CHECK(provisioned(plan) == 3);
  CHECK(plan.actions[0].reason == "1 warm and 1 coming, 5 wanted");
  CHECK(reclaimed(plan).empty());
}

TEST_CASE("ghosts beyond the target are reclaimed, oldest first") {
  const auto plan = plan_of(office(1, {"oldest", "middle", "young"}));
  CHECK(reclaimed(plan) == std::vector<std::string>{"oldest", "middle"});
  CHECK(plan.actions[0].reason == "3 warm, 1 wanted; oldest first");
}

TEST_CASE("a ghost that is there is not reclaimed for one that is still coming") {
  auto situation = office(2, {"a", "b"});
  situation.provisioning = 2;
  CHECK(plan_of(situation).actions.empty());
}

TEST_CASE("the size counts those in use, and the floor holds all the same") {
  struct Case {
    int floor, size, in_use, warm;
    std::string reason;
  };
  const auto c = GENERATE(Case{1, 6, 2, 4, "size 6 less 2 in use"}, Case{1, 6, 5, 1, "floor 1"},
                          Case{1, 6, 9, 1, "floor 1"}, Case{0, 0, 3, 0, "floor 0"},
                          Case{3, 4, 0, 4, "size 4 less 0 in use"});
  auto situation = office(c.floor, {});
  situation.limits.size = c.size;
  situation.in_use = c.in_use;
  CHECK(plan::least_target(situation.limits, 0, situation.in_use) ==
        plan::PoolTarget{c.warm, c.warm, c.reason, {}});
}

TEST_CASE("max is never passed, and the plan says what it cost") {
  auto situation = office(8, {"a"});
  situation.in_use = 7;
  const auto plan = plan_of(situation);
  CHECK(provisioned(plan) == 2);
  CHECK(plan.reasons == std::vector<std::string>{"7 more wanted, but max 10 leaves room for 2"});
}

TEST_CASE("a pool above a lowered max gives ghosts back, but nobody's desktop") {
  auto situation = office(2, {"a", "b"});
  situation.in_use = 9;
  const auto plan = plan_of(situation);
  CHECK(reclaimed(plan) == std::vector<std::string>{"a"});
  CHECK(plan.actions[0].reason == "11 instances, max 10; oldest first");
  situation.in_use = 20;
  CHECK(reclaimed(plan_of(situation)) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("failed instances are reclaimed before others are made in their place") {
  auto situation = office(3, {"a", "b"});
  situation.limits.max = 3;
  situation.failed = {"broken"};
  const auto plan = plan_of(situation);
  REQUIRE(plan.actions.size() == 2);
  CHECK(plan.actions[0] == plan::PoolAction{ActionKind::reclaim, "broken", "it failed and cannot serve"});
  CHECK(plan.actions[1].kind == ActionKind::provision);
}

TEST_CASE("every live instance counts once, oldest ghosts first") {
  std::vector<domain::Instance> instances;
  for (const S state : domain::all_instance_states())
    instances.push_back(instance("b-" + std::string(domain::to_string(state)), state, 2));
  instances.push_back(instance("z-older", S::warm, 1));
  const auto situation = plan::situation_of("office", {1, 2, 3}, instances);
  CHECK(situation.warm == std::vector<std::string>{"z-older", "b-warm"});
  CHECK(situation.failed == std::vector<std::string>{"b-failed"});
  CHECK(situation.provisioning == 1);
  CHECK(situation.in_use == 6);
  CHECK(situation.reclaiming == 1);
}

TEST_CASE("B3: a plan is stale once its pool would need what it does not say, or is another") {
  auto situation = office(3, {"a", "b"});
  const auto plan = plan_of(situation);
  CHECK(plan::left_of(plan, situation, {}).actions == plan.actions);
  situation.warm = {"a"};
  CHECK(plan::left_of(plan, situation, {}).why_stale ==
        "it would have to provision another instance, which it does not say");
  situation.warm = {"a", "b", "c", "d"};
  CHECK(plan::left_of(plan, situation, {}).why_stale == "it would have to reclaim a, which it does not say");
  situation = office(3, {"a", "b"});
  situation.limits.max = 2;  // policy has changed
  CHECK(plan::left_of(plan, situation, {}).actions.empty());
  situation.pool = "lab";
  CHECK(plan::left_of(plan, situation, {}).why_stale == "it is of pool office");
}

TEST_CASE("B3: of a plan's shadows, those are left whose users have no desktop yet") {
  auto situation = office(1, {"a"});
  plan::PoolTarget target{1, 1, "floor 1", {{"anna", 0.5, "she may come"}, {"ben", 0.4, "so may he"}}};
  const auto plan = plan::plan_pool(situation, target, made_at);
  CHECK(plan.actions.size() == 4);
  situation.in_use = situation.shadows = 1;
  situation.warm = {"a", "c"};
  const auto left = plan::left_of(plan, situation, {"anna"});
  CHECK(left.why_stale.empty());
  REQUIRE(left.actions.size() == 1);
  CHECK(left.actions[0].user == "ben");
}

TEST_CASE("B3: wherever a plan is cut off, it goes on there, and once carried out it leaves nothing") {
  std::mt19937 random(20260201);
  for (int i = 0; i < 2000; ++i) {
    INFO("round " << i);
    const auto situation = random_situation(random);
    const auto plan = plan_of(situation);
    REQUIRE(plan::left_of(plan, after(situation, plan), {}).actions.empty());
    auto begun = plan;
    begun.actions.resize(random() % (plan.actions.size() + 1));
    const auto left = plan::left_of(plan, after(situation, begun), {});
    REQUIRE(left.why_stale.empty());
    REQUIRE(left.actions.size() == plan.actions.size() - begun.actions.size());
  }
}

TEST_CASE("whatever the situation: every action says why, max holds, and a second plan has nothing to do") {
  std::mt19937 random(20260131);
  for (int i = 0; i < 5000; ++i) {
    const auto situation = random_situation(random);
    const auto plan = plan_of(situation);
    const auto then = after(situation, plan);
    INFO("round " << i);
    REQUIRE(std::all_of(plan.actions.begin(), plan.actions.end(),
                        [](const auto& a) { return !a.reason.empty(); }));
    REQUIRE(std::is_sorted(plan.actions.begin(), plan.actions.end(),
                           [](const auto& a, const auto& b) { return a.kind > b.kind; }));
    if (provisioned(plan) > 0) REQUIRE(total(then) <= situation.limits.max);
    REQUIRE(then.failed.empty());
    REQUIRE(plan_of(then).actions.empty());
  }
}

TEST_CASE("B3: no shadow is made of a ghost that is not there") {
  plan::PoolSituation situation;
  situation.pool = "office";
  situation.limits = {0, 0, 5};
  situation.in_use = 3;
  situation.provisioning = 2;
  situation.warm = {"a"};  // one too many
  const plan::PoolTarget target{0, 0, "floor 0", {{"anna", 0.9, "comes"}}};
  const auto plan = plan::plan_pool(situation, target, {});
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].kind == plan::ActionKind::reclaim);
  CHECK(plan.reasons == std::vector<std::string>{"1 of 1 shadows wait until there are ghosts for them"});
}

TEST_CASE("an unknown action is refused") {
  CHECK_THROWS_AS(plan::parse_action_kind("destroy"), base::Error);
}
