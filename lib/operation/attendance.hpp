#pragma once

#include <string>
#include <vector>

#include "operation/world.hpp"

namespace deskloom::operation {

// A user of whom nobody reported that they came or left.
struct Noticed {
  std::string user;
  std::string instance;
  bool has_come = false;
  std::string reason;
  std::vector<std::string> notes;  // what could not be done then
};

struct AttendanceReport {
  std::vector<Noticed> noticed;
  std::vector<std::string> failures;  // hosts that did not answer
};

// Whether a viewer looks at the display of a running desktop, or its user is logged in; true, too, when
// nobody can say.
bool is_anybody_there(const World& world, const domain::Instance& desktop);

// Looks at every running desktop with a persona, by viewers of its display and the guest's logins, and does
// what 'session connect' and 'session disconnect' do for those that plan::judge_attendance finds to have come
// or left (SPEC B6). record_only: that in the state store alone. Users whom another command serves just now
// are passed over.
AttendanceReport notice_attendance(const World& world, bool record_only);

}  // namespace deskloom::operation
