#include "policy/defaults.hpp"

#include "base/error.hpp"

namespace deskloom::policy {

Policy built_in_policy() {
  Policy policy;
  // Made again by their programs or dead after a move. Folders that a sync client fills are not here: what
  // was not synced yet would be lost.
  policy.capture.exclude = {".cache/",
                            ".local/share/Trash/",
                            ".thumbnails/",
                            ".gvfs/",
                            ".dbus/",
                            ".X11-unix/",
                            ".ICEauthority",
                            ".Xauthority",
                            ".xsession-errors*",
                            ".config/*/Cache/",
                            ".config/*/Code Cache/",
                            ".config/*/GPUCache/",
                            ".mozilla/firefox/*/cache2/",
                            ".mozilla/firefox/*/lock",
                            ".nfs*",
                            "*.sock",
                            "*.socket"};
  policy.capture.special_files = {"fifo", "device"};
  policy.capture.settings_files = {".config/**",     "/.*rc",        "/.profile",
                                   "/.bash_profile", "/.bash_login", "/.zprofile",
                                   "/.zshenv",       "/.gitconfig",  "/.face",
                                   "/.gnupg/*.conf", "/.ssh/config", "/.local/share/applications/**"};
  policy.capture.dconf = {"/"};
  return policy;
}

namespace {

// Half of it when a return may well come, all of it when it is more likely than not.
std::map<std::string, Stage> built_in_stages() {
  return {{"half", {"half", 30, {.memory = 50, .vcpus = 50, .network = 100, .storage = 100, .gpus = 0}}},
          {"full", {"full", 60, {}}}};
}

}  // namespace

void add_missing_sections(Policy& policy) {
  if (policy.stages.empty()) policy.stages = built_in_stages();
  if (policy.hosts.empty()) policy.hosts["local"].name = "local";
  if (policy.pools.empty()) {
    Pool& pool = policy.pools["default"];
    pool.name = "default";
    pool.floor = 2;
  }
}

std::filesystem::path default_state_dir(bool root, const std::string& xdg_state_home,
                                        const std::string& home) {
  if (root) return "/var/lib/deskloom";
  // The XDG specification: a relative path is invalid and to be ignored.
  if (xdg_state_home.starts_with('/')) return std::filesystem::path(xdg_state_home) / "deskloom";
  if (home.empty())
    throw base::Error(base::ErrorKind::usage, "cannot tell where the state lies: HOME is not set",
                      "name it with --state-dir or DESKLOOM_STATE_DIR");
  return std::filesystem::path(home) / ".local/state/deskloom";
}

}  // namespace deskloom::policy
