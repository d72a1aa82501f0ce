// Plans of pools as an administrator meets them (SPEC B3, C5).
#include <fstream>

#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

const std::string two_pools = "[pool.office]\nfloor = 2\n[pool.lab]\nfloor = 1\n";

}  // namespace

TEST_CASE("B3: pool plan shows every pool, and why there are as many ghosts") {
  const Deployment deployment(two_pools);
  const auto plan = deployment.json({"pool", "plan"});
  REQUIRE(plan.json["pools"].size() == 2);
  CHECK(plan.json["pools"][0]["pool"] == "lab");
  CHECK(plan.json["pools"][1]["target_reason"] == "floor 2");
  CHECK(plan.json["actions"].size() == 3);
  CHECK_FALSE(plan.json.contains("steps"));
  CHECK_THAT(plan.json["notes"].dump(), test::Contains("nothing is foretold: floor and schedule serve"));
}

TEST_CASE("B3, C5: --explain shows the steps ahead and the hosts that lost") {
  const Deployment deployment(
      "[pool.office]\nfloor = 1\n[host.dear]\n[host.own]\n[price.dear]\nhosts = [\"dear\"]\ncpu_hour = 2\n");
  const auto plan = deployment.json({"pool", "plan", "office", "--explain"});
  CHECK(plan.json["steps"].size() == 96);
  REQUIRE(plan.json["hosts"].size() == 2);
  CHECK(plan.json["hosts"][0]["host"] == "own");
  CHECK(plan.json["hosts"][1]["verdict"] == "costs 2.0000 more");
}

TEST_CASE("B3: plans of several pools go to one file, from which any of them is applied") {
  const Deployment deployment(two_pools);
  const std::string file = deployment.directory() / "plan.json";
  REQUIRE(deployment.json({"pool", "plan", "--out", file}).code == 0);
  const auto actions = [&](const std::vector<std::string>& more) {
    std::vector<std::string> args{"--dry-run", "pool", "apply"};
    args.insert(args.end(), more.begin(), more.end());
    return deployment.json(args).json["actions"].size();
  };
  CHECK(actions({file}) == 3);
  CHECK(actions({"--plan", file}) == 3);
  CHECK(actions({"lab", "--plan", file}) == 1);
  CHECK(deployment.json({"pool", "plan", "lab", "--output", file}).code == 0);
  CHECK(actions({file}) == 1);
  const auto other = deployment.json({"pool", "apply", "office", "--plan", file});
  CHECK(other.code == 2);
  CHECK_THAT(other.err, test::Contains("has no plan for pool office"));
}

TEST_CASE("B5: pool apply --dry-run names the sessions whose grace time is over") {
  const Deployment deployment("[pool.default]\nfloor = 0\n");
  test::add_instance(deployment.state(), "default-1", domain::InstanceState::disconnected, "alice");
  const auto said = deployment.json({"--dry-run", "pool", "apply"});
  REQUIRE(said.json["actions"].size() == 1);
  CHECK(said.json["actions"][0]["kind"] == "reclaim");
  CHECK(said.json["actions"][0]["user"] == "alice");
  CHECK(deployment.state().instances.get("default-1").state == domain::InstanceState::disconnected);
}

TEST_CASE("B3: where one of several pools has changed, no plan of the file is carried out") {
  const Deployment deployment("[pool.another]\nfloor = 1\n[pool.default]\nfloor = 1\n");
  const std::string file = deployment.directory() / "plan.json";
  REQUIRE(deployment.json({"pool", "plan", "--out", file}).code == 0);
  for (const char* ghost : {"default-1", "default-2"})
    test::add_instance(deployment.state(), ghost, domain::InstanceState::warm);
  const auto said = deployment.json({"pool", "apply", file});
  CHECK(said.code == 2);
  CHECK_THAT(said.err, test::Contains("the plan for pool default is stale"));
  CHECK(deployment.state().instances.list({.pool = "another"}).empty());
}

TEST_CASE("B3: a plan of another policy is refused, and says what changed") {
  const Deployment deployment("[pool.office]\nfloor = 1\n");
  const std::string file = deployment.directory() / "plan.json";
  REQUIRE(deployment.json({"pool", "plan", "--out", file}).code == 0);
  CHECK(deployment.json({"--dry-run", "pool", "apply", file}).code == 0);
  std::ofstream(deployment.policy_file()) << "[pool.office]\nfloor = 1\nimage = \"debian\"\n";
  const auto said = deployment.json({"pool", "apply", file});
  CHECK(said.code == 2);
  CHECK_THAT(said.err, test::Contains("policy has changed since it was made: image was ") &&
                           test::Contains("tiny") && test::Contains("pool plan office --out FILE"));
}

TEST_CASE("C5: what a region costs is what its hosts cost") {
  const std::string hosts =
      "[pool.office]\nfloor = 1\n[host.a]\nregion = \"north\"\n[host.b]\n[price.dear]\n";
  const Deployment deployment(hosts + "regions = [\"north\"]\ncpu_hour = 2\n");
  const auto plan = deployment.json({"pool", "plan", "office", "--explain"});
  REQUIRE(plan.json["hosts"].size() == 2);
  CHECK(plan.json["hosts"][0]["host"] == "b");
  CHECK_THAT(plan.json["actions"][0]["reason"].dump(), test::Contains("b is the cheapest"));
}

TEST_CASE("C5: a broken file of spot prices is an error that names the place") {
  const Deployment deployment;
  const std::string spot = deployment.directory() / "spot.csv";
  std::ofstream(deployment.policy_file()) << "[spot]\nfile = \"" << spot << "\"\n";
  std::ofstream(spot) << "host,factor\nlocal,cheap\n";
  const auto plan = deployment.json({"pool", "plan"});
  CHECK(plan.code == 2);
  CHECK_THAT(plan.err, test::Contains("spot.csv:2: 'factor' must be a number"));
}
