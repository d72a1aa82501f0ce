#pragma once

#include <span>
#include <string>
#include <vector>

#include "frame/command.hpp"

namespace deskloom::frame {

// What argv asks for, found without building any command's options.
struct Selection {
  enum class Kind { command, help, version };
  Kind kind = Kind::command;
  std::string noun;                  // "" when help is for the whole program
  const Command* command = nullptr;  // nullptr only with help
  std::vector<std::string> rest;     // the arguments without noun and verb
};

// Global options may stand before, between and after noun and verb. Throws Error(usage) with the nearest
// command.
Selection select(std::span<const Command> commands, const std::vector<std::string>& args);

// Every noun once, in the table's order.
std::vector<std::string> nouns(std::span<const Command> commands);
std::vector<const Command*> commands_of(std::span<const Command> commands, std::string_view noun);

}  // namespace deskloom::frame
