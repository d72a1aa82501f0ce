#include "config/config.hpp"
#include "frame/context.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, ConfigShowOptions&) {}

frame::ExitCode run(const ConfigShowOptions&, frame::Context& context) {
  context.print(frame::Document().object(policy::to_json(context.policy())));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
