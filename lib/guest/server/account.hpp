#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "guest/messages.hpp"
#include "guest/server/config.hpp"

namespace deskloom::guest {

// An account with all of its groups: what a process of that user runs with.
struct Identity {
  Account account;
  std::vector<gid_t> groups;
};

// Throws Error(not_found) when this system has no such user.
Identity find_identity(const Config& config, const std::string& user);

}  // namespace deskloom::guest
