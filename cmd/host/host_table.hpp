#pragma once

#include "frame/context.hpp"

namespace deskloom::cmd {

// One row per host of the policy with what its last probe found.
frame::Table host_table(frame::Context& context);

}  // namespace deskloom::cmd
