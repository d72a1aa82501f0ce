#include "fleet/libvirt/monitor.hpp"

#include <libvirt/libvirt-qemu.h>

#include "base/error.hpp"
#include "fleet/libvirt/handles.hpp"

namespace deskloom::fleet {

base::Json ask_monitor(virDomainPtr domain, const char* command, base::Json arguments) {
  const std::string text = base::Json{{"execute", command}, {"arguments", std::move(arguments)}}.dump();
  char* reply = nullptr;
  if (virDomainQemuMonitorCommand(domain, text.c_str(), &reply, 0) < 0) return nullptr;
  const TextHandle owned(reply);
  try {
    const auto json = base::parse_json(reply, "QEMU's monitor");
    return json.is_object() && json.contains("return") ? json["return"] : base::Json(nullptr);
  } catch (const base::Error&) {
    return nullptr;
  }
}

}  // namespace deskloom::fleet
