#pragma once

#include "guest/server/account.hpp"

namespace deskloom::guest {

// Starts a program as the user in a session of its own, where it outlives the helper, and watches it for up
// to wait_ms: running once it has lived a moment (settle_time; or the whole wait) and has the expected files
// open. Its output goes to ~/.cache/deskloom/NAME.log.
LaunchResult launch_program(const Config& config, const Identity& identity, const Launch& launch);

}  // namespace deskloom::guest
