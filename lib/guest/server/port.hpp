#pragma once

#include <string>

#include "base/fd.hpp"

namespace deskloom::guest {

// Opens the virtio-serial port of that name and waits until the host has connected to it. A port can be open
// once only: a helper that an earlier conversation left behind is ended. Throws Error(not_found) when there
// is no such port, Error(failed) when no host comes within a minute.
base::UniqueFd open_port(const std::string& name);

}  // namespace deskloom::guest
