#include "fleet/libvirt/monitor_replies.hpp"

#include <set>

namespace deskloom::fleet {
namespace {

// The list of an enabled display; null where there is none.
base::Json list_in(const base::Json& display, const char* key) {
  const bool is_enabled = display.is_object() && display.contains("enabled") && display["enabled"] == true;
  return is_enabled && display.contains(key) && display[key].is_array() ? display[key] : base::Json(nullptr);
}

}  // namespace

std::optional<int> count_vnc_clients(const base::Json& display) {
  const auto clients = list_in(display, "clients");
  return clients.is_null() ? std::nullopt : std::optional(static_cast<int>(clients.size()));
}

std::optional<int> count_spice_clients(const base::Json& display) {
  const auto channels = list_in(display, "channels");
  if (channels.is_null()) return std::nullopt;
  std::set<base::Json> connections;
  for (const auto& channel : channels)
    if (channel.is_object() && channel.contains("connection-id"))
      connections.insert(channel["connection-id"]);
  return static_cast<int>(connections.size());
}

}  // namespace deskloom::fleet
