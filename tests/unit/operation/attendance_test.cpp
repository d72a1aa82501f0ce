// B6: users who came or left unreported are noticed, and their desktops woken or shrunk.
#include "operation/attendance.hpp"

#include "base/error.hpp"
#include "operation/provision.hpp"
#include "plan/attendance.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;
using namespace std::chrono_literals;
using domain::InstanceState;

namespace {

struct Office {
  test::TempDir dir;
  test::TempWorld world{dir.path()};
  base::FixedClock clock{base::from_seconds(1'790'000'000)};
  operation::World of = world.with(clock);
  std::string desktop;

  explicit Office(InstanceState state) {
    world.pool().vcpus = 2;
    world.pool().minimal_vcpus = 1;
    desktop = operation::provision(of, world.pool(), "local", "test");
    world.state().users.ensure("alice", clock.now());
    world.state().instances.reserve(desktop, "alice", "test", std::nullopt, clock.now());
    move_to(InstanceState::persona_applied_available);
    if (state != InstanceState::persona_applied_available) move_to(InstanceState::connected);
    if (state == InstanceState::disconnected) move_to(state);
    clock.advance(30min);
  }

  void move_to(InstanceState to) {
    const auto& instances = world.state().instances;
    instances.transition(desktop, instances.get(desktop).state, to, "test", std::nullopt, clock.now());
  }
  InstanceState state() { return world.state().instances.get(desktop).state; }
  fleet::PresenceSigns& signs() { return world.fleet().signs[desktop]; }
};

}  // namespace

TEST_CASE("B6: a viewer at a shadow's display makes it its user's whole desktop") {
  Office office(InstanceState::persona_applied_available);
  CHECK(operation::notice_attendance(office.of, false).noticed.empty());
  office.signs().display_clients = 1;
  const auto report = operation::notice_attendance(office.of, false);
  REQUIRE(report.noticed.size() == 1);
  CHECK(report.noticed[0].user == "alice");
  CHECK(report.noticed[0].has_come);
  CHECK(report.noticed[0].notes.empty());
  CHECK(office.state() == InstanceState::connected);
  CHECK(office.world.fleet().has(office.desktop).vcpus == 2);
  CHECK(operation::notice_attendance(office.of, false).noticed.empty());
}

TEST_CASE("B6: a viewer who is gone for longer than a moment has left; what cannot be captured is said") {
  Office office(InstanceState::disconnected);
  office.signs().display_clients = 1;
  operation::notice_attendance(office.of, false);
  office.clock.advance(5min);
  office.signs().display_clients = 0;
  const auto report = operation::notice_attendance(office.of, false);
  REQUIRE(report.noticed.size() == 1);
  CHECK_FALSE(report.noticed[0].has_come);
  CHECK(office.state() == InstanceState::disconnected);
  CHECK(office.world.fleet().has(office.desktop).vcpus == 1);
  REQUIRE(report.noticed[0].notes.size() == 1);
  CHECK_THAT(report.noticed[0].notes[0], test::StartsWith("the persona was not captured"));
}

TEST_CASE("B6: another user's login says nothing; their own does") {
  Office office(InstanceState::disconnected);
  office.signs().logins = {{"root", office.clock.now() - 1min}};
  CHECK(operation::notice_attendance(office.of, false).noticed.empty());
  office.signs().logins->push_back({"alice", office.clock.now() - 1min});
  CHECK(operation::notice_attendance(office.of, false).noticed.size() == 1);
}

TEST_CASE("B6: with record_only the desktop itself is left as it is") {
  Office office(InstanceState::persona_applied_available);
  office.signs().display_clients = 1;
  CHECK(operation::notice_attendance(office.of, true).noticed.size() == 1);
  CHECK(office.state() == InstanceState::connected);
  CHECK(office.world.fleet().has(office.desktop).vcpus == 1);
}

TEST_CASE("B6, I5: a user whom another command serves is left to it") {
  Office office(InstanceState::disconnected);
  office.signs().display_clients = 1;
  const state::LeaseGuard lease(office.of.state.leases, "user:alice", "session connect", 0ms);
  CHECK(operation::notice_attendance(office.of, false).noticed.empty());
  CHECK(office.state() == InstanceState::disconnected);
}

TEST_CASE("B6: a sign of an earlier visit does not end a later one") {
  Office office(InstanceState::disconnected);
  office.signs().display_clients = 1;
  operation::notice_attendance(office.of, true);
  office.move_to(InstanceState::disconnected);
  office.signs().display_clients = 0;
  office.clock.advance(10min);
  office.move_to(InstanceState::connected);  // by a hook, over a protocol that shows nothing
  office.clock.advance(10min);
  CHECK(operation::notice_attendance(office.of, true).noticed.empty());
  CHECK(office.state() == InstanceState::connected);
}
