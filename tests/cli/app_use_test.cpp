// G2, G4: applications in use, as administrators see them.
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using domain::AppState;
using test::add_instance;
using test::Deployment;
using State = domain::InstanceState;

namespace {

// alice uses an application with one component on her desktop.
std::int64_t add_session(const state::Store& store) {
  add_instance(store, "default-1", State::connected, "alice");
  add_instance(store, "default-2", State::warm);
  const auto now = base::parse_rfc3339("2026-01-05T08:00:00.000Z");
  store.instances.transition("default-2", State::warm, State::serving, "test", std::nullopt, now);
  domain::AppSession session;
  session.user = "alice";
  session.app = "tickets";
  session.persona = "ticket-desk";
  session.reason = "ticket-desk: it suits";
  session.instance = "default-1";
  session.is_borrowed = true;
  session.began_at = now;
  const auto id = store.apps.begin(session);
  domain::AppPart part{.session = id, .component = "db", .host = "local", .instance = {}, .address = {}};
  store.app_parts.add(part);
  part.instance = "default-2";
  part.health = domain::PartHealth::healthy;
  store.app_parts.update(part);
  store.apps.set_state(id, AppState::running);
  return id;
}

}  // namespace

TEST_CASE("G4: app status shows who uses what, its components, and how much was used") {
  const Deployment deployment;
  CHECK_THAT(deployment.run({"app", "status"}).out, test::Contains("no application is in use"));
  add_session(deployment.state());
  const auto said = deployment.json({"app", "status", "--days", "800"});
  CHECK(said.code == 0);
  REQUIRE(said.json["sessions"].size() == 1);
  CHECK(said.json["sessions"][0]["persona"] == "ticket-desk");
  CHECK(said.json["sessions"][0]["state"] == "running");
  CHECK(said.json["components"][0]["instance"] == "default-2");
  CHECK(said.json["components"][0]["health"] == "healthy");
  CHECK(said.json["components"][0]["address"].is_null());
  REQUIRE(said.json["use"].size() == 1);
  CHECK(said.json["use"][0]["open"] == 1);
  CHECK(said.json["use"][0]["cpus"] == 4);
  CHECK(said.json["use"][0]["cpus_used"].is_null());
  CHECK(deployment.json({"app", "status", "bob"}).json["sessions"].empty());
  CHECK(deployment.json({"instance", "show", "default-2"}).json["state"] == "serving");
}

TEST_CASE("F1: a component of an application in use is not destroyed unasked") {
  const Deployment deployment;
  add_session(deployment.state());
  const auto said = deployment.json({"--dry-run", "instance", "destroy", "default-2"});
  CHECK(said.code == 2);
  CHECK(said.json["error"]["message"] ==
        "instance default-2 is component db of application tickets, which alice uses");
  CHECK(deployment.json({"--dry-run", "instance", "destroy", "default-2", "--force"}).code == 0);
}

TEST_CASE("G2: a release that names nothing in use is not found, and says what is") {
  const Deployment deployment;
  CHECK(deployment.json({"app", "release", "alice"}).code == 17);
  add_session(deployment.state());
  const auto said = deployment.json({"app", "release", "alice", "ticket"});
  CHECK(said.code == 17);
  CHECK(said.json["error"]["hint"] == "in use: tickets");
  const auto rehearsed = deployment.json({"--dry-run", "app", "release", "alice"});
  CHECK(rehearsed.code == 0);
  CHECK(rehearsed.json["state"] == "running");
  CHECK(rehearsed.json["instance"] == "default-1");
}

TEST_CASE("G2: the rehearsal of an assignment names the persona and says why, or why there is none") {
  const Deployment deployment;
  const auto none = deployment.json({"--dry-run", "app", "assign", "alice", "writer"});
  CHECK(none.code == 0);
  CHECK(none.json["is_default"] == true);
  CHECK(none.json["reason"] == "no application persona is of application 'writer'");
  CHECK(deployment.json({"--dry-run", "app", "assign", "", "writer"}).code == 2);
}
