#include "user/describe.hpp"

namespace deskloom::cmd {

frame::Document describe_user(const domain::User& user) {
  return frame::Document()
      .field("user", "User", user.name)
      .field("role", "Role", user.role)
      .field("department", "Department", user.department)
      .field("calendar_consent_at", "Calendar agreed", user.calendar_consent)
      .field("location_consent_at", "Location agreed", user.location_consent)
      .field("first_seen", "First seen", user.first_seen);
}

}  // namespace deskloom::cmd
