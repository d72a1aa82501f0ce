#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace deskloom::frame {

// The options that every command takes.
struct Globals {
  std::optional<std::string> config;
  std::optional<std::string> state_dir;
  std::optional<std::string> store;
  std::optional<std::string> key_file;
  std::optional<std::string> key_command;  // for sh(1)
  std::optional<int> lock_timeout_s;
  bool json = false;
  bool quiet = false;
  bool dry_run = false;  // only commands that change the world offer it
};

// The group under which help and man pages show them.
inline constexpr const char* global_group = "Global options";

void add_globals(CLI::App& app, Globals& globals);
// "--config" but not "--config=FILE".
bool global_takes_value(std::string_view option);
// DESKLOOM_CONFIG, DESKLOOM_STATE_DIR, DESKLOOM_STORE and DESKLOOM_KEY_FILE; options win over them.
Globals globals_from_environment();

}  // namespace deskloom::frame
