#include <set>

#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::add_instance;
using test::Deployment;
using State = domain::InstanceState;

namespace {

void fill(const Deployment& deployment) {
  const auto store = deployment.state();
  add_instance(store, "default-warm", State::warm);
  add_instance(store, "default-used", State::connected, "alice");
  add_instance(store, "default-lost", State::failed);
  add_instance(store, "default-gone", State::reclaimed);
}

std::set<std::string> names(const Deployment& deployment, std::vector<std::string> filter) {
  filter.insert(filter.begin(), {"instance", "list"});
  const auto said = deployment.json(filter);
  REQUIRE(said.code == 0);
  std::set<std::string> result;
  for (const auto& i : said.json["instances"]) result.insert(i["name"].get<std::string>());
  return result;
}

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("instance list leaves out what its filters say, and reclaimed ones") {
  const Deployment deployment;
  fill(deployment);
  CHECK(names(deployment, {}) == Names{"default-warm", "default-used", "default-lost"});
  CHECK(names(deployment, {"--all"}).contains("default-gone"));
  CHECK(names(deployment, {"--user", "alice"}) == Names{"default-used"});
  CHECK(names(deployment, {"--state", "failed"}) == Names{"default-lost"});
  CHECK(names(deployment, {"--state", "reclaimed"}) == Names{"default-gone"});
  CHECK(names(deployment, {"--host", "local", "--state", "warm"}) == Names{"default-warm"});
  CHECK(names(deployment, {"--pool", "other"}).empty());
}

TEST_CASE("an unknown instance state names the nearest") {
  const Deployment deployment;
  const auto said = deployment.json({"instance", "list", "--state", "conected"});
  CHECK(said.code == 2);
  CHECK_THAT(said.json["error"]["hint"].get<std::string>(), test::Contains("connected"));
}

TEST_CASE("instance list speaks to people in a table") {
  const Deployment deployment;
  fill(deployment);
  const auto said = deployment.run({"instance", "list"});
  CHECK_THAT(said.out, test::Contains("NAME") && test::Contains("256.0 MiB") && test::Contains("alice"));
  CHECK(deployment.run({"instance", "list", "--pool", "other"}).out == "no instances\n");
}

TEST_CASE("instance show tells how the instance came to its state") {
  const Deployment deployment;
  fill(deployment);
  const auto said = deployment.json({"instance", "show", "default-used"});
  CHECK(said.code == 0);
  CHECK(said.json["user"] == "alice");
  std::vector<std::string> states;
  for (const auto& t : said.json["history"]) states.push_back(t["to"]);
  CHECK(states == std::vector<std::string>{"provisioning", "warm", "stitching", "persona-applied-available",
                                           "connected"});
  CHECK(said.json["history"][0]["from"].is_null());
}

TEST_CASE("an unknown instance is not found, and the nearest is named") {
  const Deployment deployment;
  fill(deployment);
  for (const auto& command : {std::vector<std::string>{"instance", "show", "default-wram"},
                              {"instance", "destroy", "default-wram"},
                              {"instance", "exec", "default-wram", "--", "true"}}) {
    CAPTURE(command[1]);
    const auto said = deployment.json(command);
    CHECK(said.code == 17);
    CHECK_THAT(said.json["error"]["hint"].get<std::string>(), test::Contains("default-warm"));
  }
}

TEST_CASE("an instance that holds a persona is not destroyed without --force") {
  const Deployment deployment;
  fill(deployment);
  const auto said = deployment.json({"instance", "destroy", "default-used"});
  CHECK(said.code == 2);
  CHECK_THAT(said.json["error"]["hint"].get<std::string>(),
             test::Contains("persona capture alice") && test::Contains("--force"));
  CHECK(names(deployment, {"--user", "alice"}) == Names{"default-used"});
}
