#include <algorithm>

#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::add_instance;
using test::Deployment;
using State = domain::InstanceState;

namespace {

void add_interrupted_operation(const state::Store& store, const std::string& instance) {
  domain::Operation operation;
  operation.id = "0123456789abcdef";
  operation.instance = instance;
  operation.parameters = "{}";
  operation.owner = base::this_process();
  operation.owner.boot_id = "an earlier boot";
  operation.started_at = base::parse_rfc3339("2026-01-05T08:00:00.000Z");
  operation.changed_at = operation.started_at;
  store.operations.begin(operation);
}

bool mentions(const base::Json& attention, const std::string& object) {
  for (const auto& row : attention) {
    if (row["object"] == object) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("status shows pools, instances, operations, sessions and hosts, and what needs attention") {
  const Deployment deployment;
  const auto store = deployment.state();
  add_instance(store, "default-1", State::connected, "alice");
  add_instance(store, "default-2", State::failed);
  add_instance(store, "default-3", State::warm);
  add_interrupted_operation(store, "default-3");
  const auto said = deployment.json({"status"});
  CHECK(said.code == 0);
  CHECK(said.json["pools"][0]["warm"] == 1);
  CHECK(said.json["pools"][0]["in_use"] == 1);
  CHECK(said.json["operations"][0]["owner_alive"] == false);
  CHECK(said.json["sessions"][0]["user"] == "alice");
  CHECK(said.json["sessions"][0]["snapshot"].is_null());
  CHECK(mentions(said.json["attention"], "pool default"));
  CHECK(mentions(said.json["attention"], "instance default-2"));
  CHECK(mentions(said.json["attention"], "operation 0123456789abcdef"));
  CHECK_FALSE(mentions(said.json["attention"], "instance default-3"));
}

TEST_CASE("status fits on a screen, however much there is") {
  const Deployment deployment;
  const auto store = deployment.state();
  for (int i = 0; i < 60; ++i) {
    const auto n = std::to_string(i);
    add_instance(store, "default-" + n, State::connected, "user" + n);
    add_instance(store, "broken-" + n, State::failed);
  }
  const auto said = deployment.run({"status"});
  CHECK(std::count(said.out.begin(), said.out.end(), '\n') <= 40);
}

TEST_CASE("status speaks to people under headings, without colour in a pipe") {
  const Deployment deployment;
  const auto said = deployment.run({"status"});
  for (const std::string heading : {"Needs attention", "Pools", "Running operations", "Hosts"}) {
    CHECK_THAT(said.out, test::Contains(heading));
  }
  CHECK(said.out.find('\033') == std::string::npos);
}

TEST_CASE("pool status and pool plan agree on what is missing") {
  const Deployment deployment("[pool.office]\nfloor = 3\n[pool.lab]\n");
  const auto status = deployment.json({"pool", "status", "office"});
  REQUIRE(status.json["pools"].size() == 1);
  CHECK(status.json["pools"][0]["target_warm"] == 3);
  const auto plan = deployment.json({"pool", "plan", "office"});
  CHECK(plan.json["pools"][0]["target_warm"] == 3);
  CHECK(plan.json["actions"].size() == 3);
  CHECK(deployment.json({"pool", "status", "offise"}).code == 17);
  CHECK(deployment.json({"pool", "plan", "offise"}).code == 17);
}
