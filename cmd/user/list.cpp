#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "user/user.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, UserListOptions&) {}

frame::ExitCode run(const UserListOptions&, frame::Context& context) {
  frame::Table table({{"user", "USER"},
                      {"role", "ROLE"},
                      {"department", "DEPARTMENT"},
                      {"calendar_consent_at", "CALENDAR"},
                      {"location_consent_at", "LOCATION"},
                      {"first_seen", "FIRST SEEN"}});
  for (const domain::User& user : context.state().users.list()) {
    table.add({user.name, user.role, user.department, user.calendar_consent, user.location_consent,
               user.first_seen});
  }
  context.print(frame::Document().table("users", "", table, "no users"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
