#include "plan/attendance.hpp"

#include "domain/names.hpp"

namespace deskloom::plan {
namespace {

using Change = AttendanceVerdict::Change;
using domain::InstanceState;

constexpr domain::Names<PresenceSign, 2> sign_names{{
    {PresenceSign::display, "display"},
    {PresenceSign::login, "login"},
}};

bool is_watched(const Attendance& a) { return a.display_clients.value_or(0) > 0; }

AttendanceVerdict judge_away(const Attendance& a) {
  if (is_watched(a)) return {Change::came, PresenceSign::display, "a viewer looks at the display"};
  if (a.login_since && *a.login_since > a.since)
    return {Change::came, PresenceSign::login, "logged in at " + base::to_rfc3339(*a.login_since)};
  return {};
}

bool is_gone(const Attendance& a, PresenceSign sign) {
  return sign == PresenceSign::display ? a.display_clients == 0 : a.logins_known && !a.login_since;
}

AttendanceVerdict judge_connected(const Attendance& a) {
  if (is_watched(a)) return {Change::none, PresenceSign::display, ""};
  const bool was_watched = a.last_sign == PresenceSign::display;
  if (a.login_since && !was_watched) return {Change::none, PresenceSign::login, ""};
  const bool has_left = a.last_sign && is_gone(a, *a.last_sign) && a.now - a.last_seen >= presence_settles;
  if (!has_left) return {};
  return {Change::left, std::nullopt, was_watched ? "no viewer looks at the display any more" : "logged out"};
}

}  // namespace

std::string_view to_string(PresenceSign sign) { return domain::name_of(sign_names, sign); }

PresenceSign parse_presence_sign(std::string_view text) {
  return domain::parse_name(sign_names, text, "sign of presence");
}

AttendanceVerdict judge_attendance(const Attendance& a) {
  if (a.state == InstanceState::connected) return judge_connected(a);
  const bool is_away =
      a.state == InstanceState::persona_applied_available || a.state == InstanceState::disconnected;
  return is_away ? judge_away(a) : AttendanceVerdict{};
}

}  // namespace deskloom::plan
