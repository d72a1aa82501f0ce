#pragma once

#include <span>
#include <string>
#include <vector>

#include "frame/command.hpp"
#include "frame/context.hpp"

namespace deskloom::frame {

// Runs what args (without the program's name) ask for and reports its failure: all of main but the wiring.
ExitCode run(std::span<const Command> commands, const std::vector<std::string>& args,
             const Services& services);

}  // namespace deskloom::frame
