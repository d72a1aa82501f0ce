#pragma once

#include <string>
#include <vector>

#include "guest/server/account.hpp"

namespace deskloom::guest {

// The user's processes from /proc; what one could not be asked is left empty (it may just have ended). The
// helper itself is left out. notes: what was cut.
std::vector<Process> user_processes(const Config& config, const Identity& identity,
                                    const std::vector<std::string>& environment_names,
                                    std::vector<std::string>& notes);

// Regular files that pid, a process of the user's, has open, outside system directories.
std::vector<OpenFile> open_files(pid_t pid, const Identity& identity);

// Every process of one session (setsid), zombies left out.
std::vector<pid_t> session_members(pid_t session);

}  // namespace deskloom::guest
