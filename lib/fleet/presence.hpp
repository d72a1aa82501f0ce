#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace deskloom::fleet {

struct Login {
  std::string user;
  base::Timestamp since;
};

// Who is at an instance, as far as that shows (SPEC B6). The guest's word is not to be believed more than
// that.
struct PresenceSigns {
  std::optional<int> display_clients;        // nullopt: no display, or nobody says
  std::optional<std::vector<Login>> logins;  // nullopt: the guest does not say
};

}  // namespace deskloom::fleet
