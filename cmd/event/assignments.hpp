#pragma once

#include <map>
#include <string>
#include <vector>

namespace deskloom::cmd {

// "NAME=VALUE" from the command line. Throws Error(usage) for another shape, or a name that comes twice.
std::map<std::string, std::string> parse_assignments(const std::vector<std::string>& texts);

}  // namespace deskloom::cmd
