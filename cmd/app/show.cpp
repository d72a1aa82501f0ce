#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "frame/context.hpp"
#include "policy/app_persona.hpp"

namespace deskloom::cmd {
namespace {

domain::AppPersona find(const std::filesystem::path& directory, const std::string& id) {
  std::vector<std::string> known;
  for (auto& persona : policy::load_app_personas(directory)) {
    if (persona.id == id) return std::move(persona);
    known.push_back(persona.id);
  }
  const auto near = base::nearest(id, known);
  throw base::Error(base::ErrorKind::not_found,
                    "no application persona '" + base::printable(id) + "' in " + directory.string(),
                    near            ? "did you mean '" + *near + "'?"
                    : known.empty() ? "there are none; deskloom-app(1) shows what one looks like"
                                    : "there are: " + base::join(known, ", "));
}

}  // namespace

void setup(CLI::App& app, AppShowOptions& options) {
  app.add_option("persona", options.id, "its persona_id")->type_name("ID")->required();
}

frame::ExitCode run(const AppShowOptions& options, frame::Context& context) {
  const auto persona = find(context.policy().app_persona_dir, options.id);
  context.print(frame::Document().object(policy::to_json(persona)));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
