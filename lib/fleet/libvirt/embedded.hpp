#pragma once

#include <string>

#include "fleet/open.hpp"

namespace deskloom::fleet {

// Makes target's embedded root this process's and returns the URI to open. libvirt cannot stop its embedded
// driver again, so the root stays locked until the process ends, and a process can have only one: another is
// an Error(usage). Throws Error(locked) past target.lock_timeout.
std::string claim_embedded_root(const HostTarget& target);

}  // namespace deskloom::fleet
