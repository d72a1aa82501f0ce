#pragma once

#include <string>
#include <vector>

#include "frame/command.hpp"
#include "frame/globals.hpp"

namespace deskloom::frame {

// Declares the command's own options, --dry-run where it changes the world, and the global ones.
Action declare(const Command& command, CLI::App& app, Globals& globals);

// Parses the arguments that select() left. Throws Error(usage) with the nearest option.
Action parse(const Command& command, const std::vector<std::string>& rest, Globals& globals);

}  // namespace deskloom::frame
