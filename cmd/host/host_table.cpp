#include "host/host_table.hpp"

namespace deskloom::cmd {

frame::Table host_table(frame::Context& context) {
  frame::Table table({{"name", "HOST"},
                      {"uri", "URI"},
                      {"instances", "INSTANCES"},
                      {"reachable", "REACHABLE"},
                      {"accelerator", "ACCELERATOR"},
                      {"probed_at", "PROBED"},
                      {"detail", "DETAIL"}});
  for (const auto& [name, host] : context.policy().hosts) {
    const auto status = context.state().hosts.find(name);
    const auto live = context.state().instances.list({.host = name}).size();
    if (status) {
      const auto accelerator =
          status->accelerator.empty() ? std::nullopt : std::optional(status->accelerator);
      table.add({name, policy::address(host), live, status->reachable, accelerator, status->probed_at,
                 status->detail});
    } else {
      const auto unknown = frame::Value::absent();
      table.add({name, policy::address(host), live, unknown, unknown, unknown,
                 "never probed: run 'deskloom host probe'"});
    }
  }
  return table;
}

}  // namespace deskloom::cmd
