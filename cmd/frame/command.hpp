#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "frame/exit_codes.hpp"

namespace CLI {
class App;
}

namespace deskloom::frame {

class Context;

// What the frame opens before a command runs, so that a bad policy or a missing store ends it before any
// work.
// snapshots_*: a snapshot store and its catalogue. That takes the state store too, unless --store names
// another snapshot store than policy does.
enum class Needs { nothing, policy, state_read, state_write, snapshots_read, snapshots_write };

enum class Changes { nothing, world };

using Action = std::function<ExitCode(Context&)>;

// One row of the command table.
struct Command {
  std::string_view noun;  // "pool"; also commands of one word: "status"
  std::string_view verb;  // "" for commands of one word
  std::string_view summary;
  Needs needs;
  Changes changes;             // world: the command takes --dry-run and must obey Context::dry_run()
  Action (*setup)(CLI::App&);  // declares the options; the action runs with what was parsed

  std::string path() const {
    return verb.empty() ? std::string(noun) : std::string(noun) + " " + std::string(verb);
  }
};

// The setup of a command from its Options and the functions setup(CLI::App&, Options&) and
// run(const Options&, Context&) beside them.
template <typename Options>
Action bind(CLI::App& app) {
  auto options = std::make_shared<Options>();
  setup(app, *options);
  return [options](Context& context) { return run(*options, context); };
}

}  // namespace deskloom::frame
