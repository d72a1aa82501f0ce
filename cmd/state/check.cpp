#include "frame/context.hpp"
#include "state/state.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, StateCheckOptions&) {}

frame::ExitCode run(const StateCheckOptions&, frame::Context& context) {
  const auto problems = context.state().check();
  frame::Table table({{"object", "OBJECT"}, {"problem", "PROBLEM"}, {"fix", "FIX"}});
  for (const auto& problem : problems) table.add({problem.object, problem.problem, problem.fix});
  context.print(frame::Document().table("problems", "", table, "no problems"));
  return problems.empty() ? frame::ExitCode::done : frame::ExitCode::corrupt;
}

}  // namespace deskloom::cmd
