#pragma once

#include <string>
#include <vector>

#include "frame/command.hpp"

// What a command takes, read from its CLI11 declaration: the one source of help, man pages and completions.
namespace deskloom::frame {

struct OptionDoc {
  std::vector<std::string> names;  // "-h", "--help"; empty for arguments
  std::string value;               // "FILE"; empty for flags
  std::string text;
  bool required = false;
  bool repeated = false;
  bool global = false;

  std::string label() const;  // "-h, --help", "--config FILE", "USER", "[PATH...]"
};

struct CommandDoc {
  std::string path;  // "deskloom pool plan"
  std::string summary;
  std::vector<OptionDoc> arguments;
  std::vector<OptionDoc> options;  // its own, then the global ones

  std::string usage() const;  // "deskloom pool plan [OPTION...] [POOL]"
};

CommandDoc describe(const Command& command);
std::vector<OptionDoc> describe_globals();

}  // namespace deskloom::frame
