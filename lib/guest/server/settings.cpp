#include "guest/server/settings.hpp"

#include <map>

#include "base/error.hpp"
#include "guest/server/child.hpp"
#include "guest/server/lines.hpp"
#include "guest/wire.hpp"

namespace deskloom::guest {
namespace {

using Failures = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view scheme = "dconf:";

bool is_directory(const std::string& path) {
  return path.starts_with('/') && path.ends_with('/') && path.find("//") == std::string::npos &&
         path.find_first_of("\n[]") == std::string::npos;
}

// "/a/b/key" of "dconf:/a/b/key"; empty when it is no such key.
std::string dconf_key(const std::string& key) {
  if (!key.starts_with(scheme)) return "";
  auto path = key.substr(scheme.size());
  const auto slash = path.rfind('/');
  if (slash == std::string::npos || !is_directory(path.substr(0, slash + 1))) return "";
  return slash + 1 == path.size() || path.find('=') != std::string::npos ? "" : path;
}

ChildResult dconf(const Config& config, const Identity& identity, std::vector<std::string> arguments,
                  const std::string& input) {
  Child child;
  child.argv = {find_program(config, "dconf")};
  if (child.argv.front().empty()) {
    throw base::Error(base::ErrorKind::not_found, "this system has no dconf",
                      "install dconf-cli in the image");
  }
  child.argv.insert(child.argv.end(), arguments.begin(), arguments.end());
  child.environment = login_environment(config, identity);
  // Without a session bus dconf can read, but writing needs one for the moment.
  const bool has_bus = child.environment.back().starts_with("DBUS_SESSION_BUS_ADDRESS=");
  const auto bus = find_program(config, "dbus-run-session");
  if (!has_bus && !bus.empty() && arguments.front() != "dump") {
    child.argv.insert(child.argv.begin(), {bus, "--"});
  }
  child.user = &identity;
  child.input = input;
  return run_child(child);
}

std::string reason_of(const ChildResult& result) {
  return "dconf exited with status " + std::to_string(result.exit_code) + ": " +
         std::string(last_line(result.output).substr(0, 500));
}

// The form that `dconf load /` reads: one section per directory.
std::string keyfile(const std::map<std::string, std::string>& values) {
  std::string text, section;
  for (const auto& [path, value] : values) {
    const auto slash = path.rfind('/');
    const auto directory = slash == 0 ? "/" : path.substr(1, slash - 1);
    if (directory != section) text.append("[").append(section = directory).append("]\n");
    text.append(path.substr(slash + 1)).append("=").append(value).append("\n");
  }
  return text;
}

// Finds which one the whole could not be loaded for.
Failures write_one_by_one(const Config& config, const Identity& identity,
                          const std::map<std::string, std::string>& values) {
  Failures failures;
  for (const auto& [path, value] : values) {
    const auto result = dconf(config, identity, {"write", path, value}, "");
    if (result.exit_code != 0) failures.emplace_back(std::string(scheme) + path, reason_of(result));
  }
  return failures;
}

}  // namespace

std::vector<Setting> parse_dconf_dump(const std::string& text, const std::string& directory) {
  std::vector<Setting> settings;
  std::string prefix = std::string(scheme) + directory;
  for (const auto line : split(text, '\n')) {
    const auto equals = line.find('=');
    if (line.starts_with('[') && line.ends_with(']')) {
      const auto section = line.substr(1, line.size() - 2);
      prefix = std::string(scheme) + directory + (section == "/" ? "" : std::string(section) + "/");
    } else if (equals != std::string_view::npos && equals > 0 && line.size() - equals <= max_setting_bytes) {
      settings.push_back(
          {prefix + std::string(line.substr(0, equals)), std::string(line.substr(equals + 1))});
    }
  }
  return settings;
}

std::vector<Setting> read_settings(const Config& config, const Identity& identity,
                                   const std::vector<std::string>& directories,
                                   std::vector<std::string>& notes) {
  std::vector<Setting> settings;
  for (const auto& directory : directories) {
    try {
      if (!is_directory(directory)) throw base::Error(base::ErrorKind::usage, "no dconf directory");
      const auto result = dconf(config, identity, {"dump", directory}, "");
      if (result.exit_code != 0) throw base::Error(base::ErrorKind::failed, reason_of(result));
      auto found = parse_dconf_dump(result.output, directory);
      settings.insert(settings.end(), std::make_move_iterator(found.begin()),
                      std::make_move_iterator(found.end()));
    } catch (const base::Error& error) {
      notes.push_back("settings below " + directory + " could not be read: " + error.what());
    }
  }
  return settings;
}

Failures write_settings(const Config& config, const Identity& identity,
                        const std::vector<Setting>& settings) {
  Failures failures;
  std::map<std::string, std::string> values;
  for (const auto& setting : settings) {
    const auto key = dconf_key(setting.key);
    if (key.empty() || setting.value.find('\n') != std::string::npos) {
      failures.emplace_back(setting.key, "not a dconf key and value");
    } else {
      values[key] = setting.value;
    }
  }
  if (values.empty()) return failures;
  if (dconf(config, identity, {"load", "/"}, keyfile(values)).exit_code == 0) return failures;
  auto failed = write_one_by_one(config, identity, values);
  failures.insert(failures.end(), failed.begin(), failed.end());
  return failures;
}

}  // namespace deskloom::guest
