#include "frame/parse.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.hpp"

namespace deskloom::frame {
namespace {

base::Error unexpected(const CLI::App& app, const std::string& word, const std::string& help_hint) {
  if (!word.starts_with("-")) {
    return {base::ErrorKind::usage, "unexpected argument '" + base::printable(word) + "'", help_hint};
  }
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  }
  const auto near = base::nearest(word.substr(0, word.find('=')), known);
  return {base::ErrorKind::usage, "unknown option '" + base::printable(word) + "'",
          near ? "did you mean '" + *near + "'?" : help_hint};
}

}  // namespace

Action declare(const Command& command, CLI::App& app, Globals& globals) {
  app.set_help_flag();
  Action action = command.setup(app);
  if (command.changes == Changes::world) {
    app.add_flag("--dry-run", globals.dry_run, "say what would be done and change nothing");
  }
  add_globals(app, globals);
  return action;
}

Action parse(const Command& command, const std::vector<std::string>& rest, Globals& globals) {
  CLI::App app;
  app.allow_extras();  // so that an unknown option is named before a missing argument
  Action action = declare(command, app, globals);
  const std::string help_hint = "see 'deskloom " + command.path() + " --help'";
  std::string problem;
  try {
    app.parse(std::vector<std::string>(rest.rbegin(), rest.rend()));  // CLI11 takes them last first
  } catch (const CLI::ParseError& e) {
    problem = e.what();
  }
  auto extras = app.remaining();
  std::erase(extras, "--");  // CLI11 leaves the mark itself among them
  if (!extras.empty()) throw unexpected(app, extras.front(), help_hint);
  if (!problem.empty()) throw base::Error(base::ErrorKind::usage, base::printable(problem), help_hint);
  return action;
}

}  // namespace deskloom::frame
