#pragma once

#include <span>
#include <string>

#include "frame/command.hpp"

// What --help prints: at most 80 columns.
namespace deskloom::frame {

std::string program_help(std::span<const Command> commands);
std::string noun_help(std::span<const Command> commands, const std::string& noun);
std::string command_help(const Command& command);

}  // namespace deskloom::frame
