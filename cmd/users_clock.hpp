#pragma once

#include "operation/users_clock.hpp"

namespace deskloom::cmd {

using operation::users_clock;

}  // namespace deskloom::cmd
