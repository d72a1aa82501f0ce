#include <unistd.h>

#include "base/sqlite.hpp"
#include "state/leases.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::add_instance;
using test::Deployment;
using State = domain::InstanceState;

TEST_CASE("login and logout hooks move the session, and may run twice") {
  const Deployment deployment;
  add_instance(deployment.state(), "default-1", State::persona_applied_available, "alice");
  for (const std::string verb : {"connect", "connect", "disconnect", "disconnect", "connect"}) {
    const auto said = deployment.json({"session", verb, "alice", "--record-only"});
    CHECK(said.code == 0);
    CHECK(said.json["instance"] == "default-1");
    CHECK(said.json["state"] == verb + "ed");
  }
  CHECK(deployment.state().instances.history("default-1").size() == 7);
}

TEST_CASE(
    "C1: a session that was left is recorded as such although nothing else can be done, and that is said") {
  const Deployment deployment;
  add_instance(deployment.state(), "default-1", State::connected, "alice");
  const auto said = deployment.json({"session", "disconnect", "alice"});
  CHECK(said.code == 3);
  CHECK(said.json["state"] == "disconnected");
  CHECK(said.json["snapshot"].is_null());
  CHECK_THAT(said.json["notes"].dump(), test::Contains("the persona was not captured"));
  CHECK(deployment.json({"session", "disconnect", "alice"}).code == 0);  // a shadow already
}

TEST_CASE(
    "I2: a state store that another program keeps locked is an error after ten seconds, and nothing "
    "changes") {
  const Deployment deployment;
  add_instance(deployment.state(), "default-1", State::connected, "alice");
  base::Database other(deployment.state_file(), base::Database::Mode::read_write);
  other.execute("BEGIN IMMEDIATE");
  const auto said = deployment.json({"session", "disconnect", "alice", "--record-only"});
  CHECK(said.code == 11);
  CHECK_THAT(said.json["error"]["message"].get<std::string>(),
             test::Contains("state.sqlite: database is locked"));
  CHECK(said.json["error"]["hint"] == "another command is writing; try again");
  other.execute("ROLLBACK");
  CHECK(deployment.state().instances.get("default-1").state == State::connected);
}

TEST_CASE("B2: where none is made on demand and none is warm, an assignment says so, and what to do") {
  const Deployment deployment("[pool.default]\nimage = \"tiny\"\non_demand = false\n");
  const auto said = deployment.json({"session", "assign", "alice"});
  CHECK(said.code == 1);
  CHECK(said.json["error"]["message"] == "no ghost is warm in pool default for alice");
  CHECK_THAT(said.json["error"]["hint"].get<std::string>(), test::Contains("deskloom pool apply default"));
  CHECK(deployment.json({"instance", "list"}).json["instances"].empty());
}

TEST_CASE("session list shows who holds what, and nobody else") {
  const Deployment deployment;
  const auto store = deployment.state();
  add_instance(store, "default-1", State::disconnected, "alice");
  add_instance(store, "default-2", State::persona_applied_available, "bob");
  add_instance(store, "default-3", State::warm);
  const auto said = deployment.json({"session", "list"});
  REQUIRE(said.json["sessions"].size() == 2);
  CHECK(said.json["sessions"][0]["user"] == "alice");
  CHECK(said.json["sessions"][1]["state"] == "persona-applied-available");
}

TEST_CASE("C3: session waits tells how long users waited, beside a cold boot, the newest first") {
  const Deployment deployment;
  const auto store = deployment.state();
  add_instance(store, "default-1", State::connected, "alice");
  const auto at = base::parse_rfc3339("2026-01-05T08:00:00.000Z");
  CHECK(deployment.json({"session", "waits"}).json["waits"].empty());
  store.waits.add({"alice", "default-1", "default", "stitched", at, 2500});
  store.waits.add({"alice", "default-1", "default", "inflated", at + std::chrono::hours(1), 400});
  auto waits = deployment.json({"session", "waits"}).json["waits"];
  REQUIRE(waits.size() == 2);
  CHECK(waits[0]["action"] == "inflated");
  CHECK(waits[0]["cold_boot_ms"].is_null());
  CHECK(waits[0]["times_faster"].is_null());

  domain::Operation boot;
  boot.id = "boot";
  boot.instance = "default-1";
  boot.parameters = "{}";
  boot.started_at = boot.changed_at = at;
  store.operations.begin(boot);
  store.operations.begin_step("boot", "all", at);
  store.operations.finish_step("boot", "all", at + std::chrono::seconds(20));
  store.operations.finish("boot", domain::OperationState::done, std::nullopt, at + std::chrono::seconds(20));
  waits = deployment.json({"session", "waits", "default", "--limit", "1"}).json["waits"];
  REQUIRE(waits.size() == 1);
  CHECK(waits[0]["cold_boot_ms"] == 20'000);
  CHECK(waits[0]["times_faster"] == 50);
  CHECK(deployment.json({"session", "waits", "nowhere"}).code == 17);
}

TEST_CASE("C3: a desktop that was whole before its user came is recorded as ready, once") {
  const Deployment deployment;
  const auto store = deployment.state();
  add_instance(store, "default-1", State::disconnected, "alice");
  const auto count = [&] { return deployment.json({"session", "waits"}).json["waits"].size(); };
  const auto came = deployment.json({"session", "connect", "alice"});
  CHECK(came.code == 0);
  CHECK(came.json["usable_after_ms"].get<int>() < 5000);  // null would be less, too
  CHECK(deployment.json({"session", "waits"}).json["waits"][0]["action"] == "ready");
  CHECK(deployment.json({"session", "connect", "alice"}).json["usable_after_ms"].is_null());
  CHECK(count() == 1);

  // Who waited when they asked has not come to a desktop that was ready.
  deployment.json({"session", "disconnect", "alice", "--record-only"});
  const auto left_at = store.instances.get("default-1").changed_at;
  store.waits.add({"alice", "default-1", "default", "inflated", left_at + std::chrono::milliseconds(1), 400});
  deployment.json({"session", "connect", "alice"});
  CHECK(count() == 2);
}

TEST_CASE("a user without an instance is not found, and told how to get one") {
  const Deployment deployment;
  for (const auto& command : {std::vector<std::string>{"session", "connect", "carol"},
                              {"session", "disconnect", "carol"},
                              {"persona", "capture", "carol"}}) {
    CAPTURE(command[1]);
    const auto said = deployment.json(command);
    CHECK(said.code == 17);
    CHECK_THAT(said.json["error"]["hint"].get<std::string>(), test::Contains("session assign carol"));
  }
}

TEST_CASE("persona capture wants one user or all that are connected") {
  const Deployment deployment;
  CHECK(deployment.json({"persona", "capture"}).code == 2);
  CHECK(deployment.json({"persona", "capture", "alice", "--connected"}).code == 2);
  const auto nobody = deployment.json({"persona", "capture", "--connected"});
  CHECK(nobody.code == 0);
  CHECK(nobody.json["captures"].empty());
}

TEST_CASE("session assign waits for no other command when told not to, and names it") {
  const Deployment deployment;
  const auto store = deployment.state();
  add_instance(store, "default-1", State::warm);
  const state::LeaseGuard held(store.leases, "user:alice", "persona capture alice",
                               std::chrono::milliseconds(0));
  const auto said = deployment.json({"session", "assign", "alice", "--lock-timeout", "0"});
  CHECK(said.code == 11);
  CHECK_THAT(
      said.json["error"]["message"].get<std::string>(),
      test::Contains("process " + std::to_string(::getpid())) && test::Contains("persona capture alice"));
  CHECK(store.instances.get("default-1").state == State::warm);
}

TEST_CASE("an unknown pool or snapshot for session assign is not found") {
  const Deployment deployment;
  CHECK(deployment.json({"session", "assign", "alice", "--pool", "defualt"}).code == 17);
  CHECK(deployment.json({"session", "assign", "alice", "--snapshot", "abcd1234"}).code == 17);
}
