#include "fleet/libvirt/display_clients.hpp"

#include "fleet/libvirt/monitor.hpp"
#include "fleet/libvirt/monitor_replies.hpp"

namespace deskloom::fleet {

std::optional<int> display_clients(const Connection& connection, const std::string& name) {
  const auto domain = connection.get(name);
  const auto vnc = count_vnc_clients(ask_monitor(domain.get(), "query-vnc"));
  const auto spice = count_spice_clients(ask_monitor(domain.get(), "query-spice"));
  if (!vnc && !spice) return std::nullopt;
  return vnc.value_or(0) + spice.value_or(0);
}

}  // namespace deskloom::fleet
