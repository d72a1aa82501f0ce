#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "frame/context.hpp"
#include "policy/app_persona.hpp"

namespace deskloom::cmd {
namespace {

using Files = std::vector<policy::AppPersonaFile>;

frame::Table file_table(const Files& files) {
  frame::Table table({{"file", "FILE"}, {"persona", "PERSONA"}, {"app", "APP"}, {"valid", "VALID"}});
  for (const auto& [file, reading] : files) {
    const auto& persona = reading.persona;
    table.add({file.string(), persona ? frame::Value(persona->id) : frame::Value::absent(),
               persona ? frame::Value(persona->app) : frame::Value::absent(), persona.has_value()});
  }
  return table;
}

frame::Table problem_table(const Files& files) {
  frame::Table table({{"file", "FILE"}, {"pointer", "WHERE"}, {"problem", "PROBLEM"}});
  for (const auto& [file, reading] : files) {
    for (const auto& problem : reading.problems)
      table.add({file.string(), problem.pointer, problem.complaint});
  }
  return table;
}

}  // namespace

void setup(CLI::App& app, AppCheckOptions& options) {
  app.add_option("file", options.files, "a document to check; without one, all of app_persona_dir")
      ->type_name("FILE");
}

frame::ExitCode run(const AppCheckOptions& options, frame::Context& context) {
  const std::vector<std::filesystem::path> named(options.files.begin(), options.files.end());
  const auto& directory = context.policy().app_persona_dir;
  const auto files = policy::read_app_personas(named.empty() ? policy::app_persona_files(directory) : named);
  const auto problems = problem_table(files);
  frame::Document document;
  document.table("files", "", file_table(files), "no application personas in " + directory.string());
  document.table("problems", "Problems", problems);
  context.print(document);
  return problems.empty() ? frame::ExitCode::done : frame::ExitCode::usage;
}

}  // namespace deskloom::cmd
