#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "domain/instance.hpp"

// Whether users came or left although nobody reported it (SPEC B6).
namespace deskloom::plan {

// By what a user is seen to be at a desktop.
enum class PresenceSign { display, login };
std::string_view to_string(PresenceSign sign);            // "display", "login"
PresenceSign parse_presence_sign(std::string_view text);  // throws Error(usage)

struct Attendance {
  domain::InstanceState state = domain::InstanceState::warm;
  base::Timestamp since;               // of that state
  std::optional<int> display_clients;  // nullopt: not known
  bool logins_known = false;
  std::optional<base::Timestamp> login_since;  // of the instance's user; the latest
  // The last time that a sign showed; nullopt: never since they came.
  std::optional<PresenceSign> last_sign;
  base::Timestamp last_seen;
  base::Timestamp now;
};

struct AttendanceVerdict {
  enum class Change { none, came, left };
  Change change = Change::none;
  std::optional<PresenceSign> sign;  // that shows now
  std::string reason;                // of a change
};

// A viewer that fails for a moment has not left.
inline constexpr std::chrono::minutes presence_settles{2};

// Somebody who is away has come when a viewer looks at the display, or when they have logged in since they
// left. One who is connected has left when the sign by which they were last seen is gone, for
// presence_settles: who was never seen, because neither display nor guest tells, leaves by command alone.
AttendanceVerdict judge_attendance(const Attendance& attendance);

}  // namespace deskloom::plan
