#include "frame/globals.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace deskloom::frame {
namespace {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

}  // namespace

void add_globals(CLI::App& app, Globals& globals) {
  const auto group = [](CLI::Option* option) { return option->group(global_group); };
  group(app.add_option("--config", globals.config, "read this policy alone [DESKLOOM_CONFIG]"))
      ->type_name("FILE");
  group(app.add_option("--state-dir", globals.state_dir, "keep the state here [DESKLOOM_STATE_DIR]"))
      ->type_name("DIR");
  group(app.add_option("--store", globals.store, "use this snapshot store [DESKLOOM_STORE]"))
      ->type_name("DIR");
  auto* key_file =
      group(app.add_option("--key-file", globals.key_file,
                           "unlock the snapshot store with this file's content [DESKLOOM_KEY_FILE]"))
          ->type_name("FILE");
  group(app.add_option("--key-command", globals.key_command,
                       "unlock the snapshot store with what this command of the shell prints"))
      ->type_name("COMMAND")
      ->excludes(key_file);
  group(app.add_option("--lock-timeout", globals.lock_timeout_s, "wait this long for other commands"))
      ->type_name("SECONDS")
      ->check(CLI::Range(0, 86'400));
  group(app.add_flag("--json", globals.json, "print one JSON object; errors too"));
  group(app.add_flag("--quiet", globals.quiet, "no messages and no progress bar, only errors"));
  // Both are taken out of argv before it is parsed; they are declared to be documented.
  group(app.add_flag("--version"))->description("print the version and exit");
  group(app.add_flag("-h,--help"))->description("print this help and exit");
}

bool global_takes_value(std::string_view option) {
  return option == "--config" || option == "--state-dir" || option == "--store" || option == "--key-file" ||
         option == "--key-command" || option == "--lock-timeout";
}

Globals globals_from_environment() {
  Globals globals;
  globals.config = environment("DESKLOOM_CONFIG");
  globals.state_dir = environment("DESKLOOM_STATE_DIR");
  globals.store = environment("DESKLOOM_STORE");
  globals.key_file = environment("DESKLOOM_KEY_FILE");
  return globals;
}

}  // namespace deskloom::frame
