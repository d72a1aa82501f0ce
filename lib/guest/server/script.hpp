#pragma once

#include <string>

#include "guest/messages.hpp"
#include "guest/server/config.hpp"

namespace deskloom::guest {

// The script that the process runs: its first argument that is no option, when that is an executable file
// whose
// "#!" line names this process's executable; else empty. (An editor that has a script open is none: its
// executable is not the one the script asks for.)
std::string script_of(const Config& config, const Process& process);

}  // namespace deskloom::guest
