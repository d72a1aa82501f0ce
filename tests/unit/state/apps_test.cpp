// G2, F1: applications in use, and their parts, as they are kept.
#include "base/error.hpp"
#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using domain::AppSession;
using domain::AppState;
using test::at;

namespace {

AppSession session(const std::string& user, const std::string& app) {
  AppSession session;
  session.user = user;
  session.app = app;
  session.persona = app + "-plain";
  session.document = "{}";
  session.reason = "test";
  session.instance = "a";
  session.began_at = at(1);
  return session;
}

// Instance "a", and users who use it.
void fill(const test::TempStore& temp) {
  temp.add_warm("a");
  for (const char* user : {"alice", "bob"}) temp.store.users.ensure(user, at(0));
}

}  // namespace

TEST_CASE("G2: a user has one session of an application, until it ends") {
  const test::TempStore temp;
  fill(temp);
  const auto& apps = temp.store.apps;
  const auto first = apps.begin(session("alice", "writer"));
  apps.begin(session("alice", "tickets"));
  apps.begin(session("bob", "writer"));
  try {
    apps.begin(session("alice", "writer"));
    FAIL("begun twice");
  } catch (const base::Error& e) {
    CHECK(e.kind() == base::ErrorKind::locked);
  }
  CHECK(apps.open().size() == 3);
  CHECK(apps.open_of("alice").size() == 2);
  CHECK(apps.open_on("a").size() == 3);
  apps.set_state(first, AppState::failed, "no room");
  CHECK(apps.open_of("alice", "writer")->state == AppState::failed);
  CHECK(apps.open_of("alice", "writer")->error == "no room");
  apps.set_borrowed(first, true);
  CHECK(apps.find(first)->is_borrowed);
  apps.end(first, at(5));
  apps.end(first, at(9));  // again is nothing
  CHECK_FALSE(apps.open_of("alice", "writer"));
  CHECK(apps.find(first)->ended_at == at(5));
  CHECK(apps.find(first)->state == AppState::ended);
  CHECK(apps.since(at(5)).size() == 2);
  CHECK(apps.since(at(4)).size() == 3);
  CHECK(apps.begin(session("alice", "writer")) > first);
  CHECK(temp.store.check().empty());
}

TEST_CASE("F1: a session's parts are kept with their instances, and found by them") {
  const test::TempStore temp;
  fill(temp);
  const auto id = temp.store.apps.begin(session("alice", "tickets"));
  domain::AppPart part{.session = id, .component = "db", .host = "local", .instance = {}, .address = ""};
  temp.store.app_parts.add(part);
  temp.store.app_parts.add(
      {.session = id, .component = "cache", .host = "far", .instance = {}, .address = ""});
  CHECK(temp.store.app_parts.of(id)[0].component == "cache");
  CHECK_FALSE(temp.store.app_parts.of(id)[1].instance);
  part.instance = "a";
  part.address = "10.0.0.1";
  part.health = domain::PartHealth::healthy;
  part.restarts = 3;
  part.restarts_since_well = 1;
  temp.store.app_parts.update(part);
  const auto found = temp.store.app_parts.of_instance("a");
  REQUIRE(found);
  CHECK(found->component == "db");
  CHECK(found->address == "10.0.0.1");
  CHECK(found->health == domain::PartHealth::healthy);
  CHECK(found->restarts == 3);
  CHECK(found->restarts_since_well == 1);
  temp.store.app_parts.remove(id, "db");
  CHECK_FALSE(temp.store.app_parts.of_instance("a"));
  CHECK(temp.store.app_parts.of(id).size() == 1);
}
