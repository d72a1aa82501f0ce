#pragma once

#include <span>
#include <string>
#include <vector>

#include "frame/command.hpp"
#include "frame/context.hpp"

// What 'deskloom __complete WORD…' answers the shells' completion scripts.
namespace deskloom::frame {

struct Candidate {
  std::string word;
  std::string about;  // "" for values
};

struct Completion {
  enum class Paths { none, files, directories };
  std::vector<Candidate> candidates;
  Paths paths = Paths::none;  // the shell completes these itself
};

// words: those after the program's name up to the cursor; the last one, perhaps empty, is being typed.
// Values come from policy and state where they can be read; where not, there are none: completing never
// fails.
Completion complete(std::span<const Command> commands, const std::vector<std::string>& words,
                    const Services& services);

// One candidate per line, "WORD" or "WORD<TAB>ABOUT"; ":files" or ":directories" asks for paths.
std::string completion_lines(const Completion& completion);

}  // namespace deskloom::frame
