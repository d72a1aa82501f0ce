#pragma once

#include <libvirt/libvirt.h>

#include "base/json.hpp"

namespace deskloom::fleet {

// Asks QEMU what libvirt has no call for. One QMP command's return; null when it fails.
base::Json ask_monitor(virDomainPtr domain, const char* command, base::Json arguments = base::Json::object());

}  // namespace deskloom::fleet
