// B6: who has come or left, by what shows at a desktop.
#include "plan/attendance.hpp"

#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::plan;
using namespace std::chrono_literals;
using Change = AttendanceVerdict::Change;
using State = domain::InstanceState;

namespace {

const base::Timestamp noon = base::from_seconds(1'790'000'000);

Attendance at(State state) {
  Attendance attendance;
  attendance.state = state;
  attendance.since = noon - 1h;
  attendance.display_clients = 0;
  attendance.logins_known = true;
  attendance.now = noon;
  return attendance;
}

Attendance connected_by(PresenceSign sign, std::chrono::minutes ago) {
  auto attendance = at(State::connected);
  attendance.last_sign = sign;
  attendance.last_seen = noon - ago;
  return attendance;
}

}  // namespace

TEST_CASE("B6: who is away has come when a viewer looks, or when they logged in since") {
  for (const State away : {State::disconnected, State::persona_applied_available}) {
    auto desktop = at(away);
    CHECK(judge_attendance(desktop).change == Change::none);
    desktop.login_since = noon - 2h;  // the session that they left goes on
    CHECK(judge_attendance(desktop).change == Change::none);
    desktop.login_since = noon - 5min;
    CHECK(judge_attendance(desktop).change == Change::came);
    CHECK(judge_attendance(desktop).sign == PresenceSign::login);
    desktop.display_clients = 1;
    CHECK(judge_attendance(desktop).sign == PresenceSign::display);
  }
}

TEST_CASE("B6: who is connected has left when the sign by which they were seen is gone") {
  auto watcher = connected_by(PresenceSign::display, 5min);
  CHECK(judge_attendance(watcher).change == Change::left);
  watcher.login_since = noon - 3h;  // the session goes on without a viewer
  CHECK(judge_attendance(watcher).change == Change::left);
  watcher.display_clients = 1;
  CHECK(judge_attendance(watcher).change == Change::none);

  auto login = connected_by(PresenceSign::login, 5min);
  CHECK(judge_attendance(login).change == Change::left);
  login.login_since = noon - 3h;
  CHECK(judge_attendance(login).change == Change::none);
  CHECK(judge_attendance(login).sign == PresenceSign::login);
}

TEST_CASE("B6: a viewer that fails for a moment has not left") {
  CHECK(judge_attendance(connected_by(PresenceSign::display, 1min)).change == Change::none);
  CHECK(judge_attendance(connected_by(PresenceSign::display, 2min)).change == Change::left);
}

TEST_CASE("B6: who was never seen leaves by command alone") {
  CHECK(judge_attendance(at(State::connected)).change == Change::none);
}

TEST_CASE("B6: what is not known is no sign of absence") {
  auto unknown = connected_by(PresenceSign::display, 1h);
  unknown.display_clients = std::nullopt;
  CHECK(judge_attendance(unknown).change == Change::none);
  auto silent = connected_by(PresenceSign::login, 1h);
  silent.logins_known = false;
  CHECK(judge_attendance(silent).change == Change::none);
}

TEST_CASE("B6: ghosts, and what is being changed, are nobody's") {
  for (const State state : {State::warm, State::stitching, State::reclaiming, State::migrating}) {
    auto desktop = at(state);
    desktop.display_clients = 1;
    CHECK(judge_attendance(desktop).change == Change::none);
  }
}
