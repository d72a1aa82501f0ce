#include "frame/context.hpp"
#include "session/session.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, SessionListOptions&) {}

frame::ExitCode run(const SessionListOptions&, frame::Context& context) {
  frame::Table table({{"user", "USER"},
                      {"instance", "INSTANCE"},
                      {"state", "STATE"},
                      {"pool", "POOL"},
                      {"host", "HOST"},
                      {"since", "SINCE"},
                      {"snapshot", "SNAPSHOT"}});
  for (const domain::Instance& i : context.state().instances.list()) {
    if (!i.user || !domain::holds_persona(i.state)) continue;
    table.add({*i.user, i.name, domain::to_string(i.state), i.pool, i.host, i.changed_at, i.snapshot});
  }
  context.print(frame::Document().table("sessions", "", table, "no sessions"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
