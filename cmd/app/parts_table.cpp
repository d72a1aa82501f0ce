#include "app/app.hpp"

namespace deskloom::cmd {

frame::Table parts_table() {
  return frame::Table({{"user", "USER"},
                       {"app", "APP"},
                       {"component", "COMPONENT"},
                       {"host", "HOST"},
                       {"instance", "INSTANCE"},
                       {"address", "ADDRESS"},
                       {"health", "HEALTH"},
                       {"restarts", "RESTARTS"}});
}

void add_part(frame::Table& table, const domain::AppSession& session, const domain::AppPart& part) {
  table.add({session.user, session.app, part.component, part.host, part.instance,
             part.address.empty() ? frame::Value::absent() : frame::Value(part.address),
             domain::to_string(part.health), part.restarts});
}

}  // namespace deskloom::cmd
