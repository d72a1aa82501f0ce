#include "persona/applications.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/text.hpp"

namespace deskloom::persona {
namespace {

// Parts of every desktop session: they are started by the session, not by the user.
constexpr std::array session_parts{
    "systemd",      "(sd-pam)",  "dbus-daemon",   "dbus-broker*",   "dbus-launch", "gvfsd*",
    "at-spi*",      "pipewire*", "wireplumber",   "pulseaudio",     "xdg-*",       "gnome-keyring-*",
    "ssh-agent",    "gpg-agent", "Xorg",          "Xwayland",       "sshd",        "login",
    "su",           "sudo",      "dconf-service", "gnome-session*", "gnome-shell", "xfce4-session",
    "mate-session", "ibus-*",    "agetty",        "scdaemon"};

constexpr std::array shells{"sh", "bash", "dash", "zsh", "fish", "ksh", "ash", "tcsh"};

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool matches_any(const auto& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const char* pattern) { return ::fnmatch(pattern, name.c_str(), 0) == 0; });
}

bool is_session_part(const guest::Process& p) { return matches_any(session_parts, base_name(p.executable)); }

// Busybox and friends carry many names in one executable: what it was called as counts.
bool is_bare_shell(const guest::Process& p) {
  if (!p.script.empty()) return false;
  std::string called = p.argv.empty() ? base_name(p.executable) : base_name(p.argv.front());
  if (called.starts_with('-')) called.erase(0, 1);
  return matches_any(shells, called) || matches_any(shells, base_name(p.executable));
}

bool is_text(const guest::Process& p) {
  const auto valid = [](const std::string& s) { return base::is_valid_utf8(s); };
  return valid(p.executable) && valid(p.script) && valid(p.cwd) &&
         std::all_of(p.argv.begin(), p.argv.end(), valid) &&
         std::all_of(p.open_files.begin(), p.open_files.end(), [&](const auto& f) { return valid(f.path); });
}

// Some ancestor is an application itself: this one is its worker and comes back with it.
bool is_worker(const guest::Process& p, const std::map<std::uint32_t, const guest::Process*>& by_pid) {
  auto parent = by_pid.find(p.parent);
  // Bounded: a guest may report a cycle of parents.
  for (std::size_t hops = 0; parent != by_pid.end() && hops < by_pid.size(); ++hops) {
    if (!is_session_part(*parent->second) && !is_bare_shell(*parent->second)) return true;
    parent = by_pid.find(parent->second->parent);
  }
  return false;
}

std::string text(const std::string& bytes) {
  return base::is_valid_utf8(bytes) ? bytes : base::printable(bytes);
}

Process convert(const guest::Process& p, base::Timestamp now) {
  Process result;
  result.program = text(p.script.empty() ? p.executable : p.script);
  for (const auto& argument : p.argv) result.argv.push_back(text(argument));
  result.cwd = text(p.cwd);
  for (const auto& [name, value] : p.environment) result.environment.emplace_back(text(name), text(value));
  for (const auto& file : p.open_files) result.open_files.push_back({text(file.path), file.writable});
  result.cpu_ms = p.cpu_ms;
  result.memory_bytes = p.memory_bytes;
  // A hostile age must not overflow: a century is the most that is believed.
  const auto age_ms = std::min<std::uint64_t>(p.started_ms_ago, 100ULL * 365 * 24 * 3600 * 1000);
  result.started_at = now - std::chrono::milliseconds(age_ms);
  return result;
}

std::string reason_not_to_relaunch(const guest::Process& p,
                                   const std::map<std::uint32_t, const guest::Process*>& by_pid,
                                   const policy::Application* known) {
  if (known != nullptr && !known->relaunch) return "policy says not to relaunch it";
  if (is_session_part(p)) return "part of the session";
  if (is_bare_shell(p)) return "a shell without a script";
  if (is_worker(p, by_pid)) return "started by another application";
  if (p.argv.empty()) return "its command line could not be read";
  if (!is_text(p)) return "its command line or files are not valid UTF-8";
  return {};
}

double frecency(const ApplicationUse& use, base::Timestamp now) {
  const double days = std::chrono::duration<double>(now - use.last_used).count() / 86400.0;
  return (static_cast<double>(use.launches) + use.minutes / 10) * std::exp2(-std::max(0.0, days) / 7);
}

// The same run of a program as seen by two captures; ages are reported in whole clock ticks, hence the
// tolerance.
bool was_running(const Profile& previous, const Process& p) {
  return std::any_of(previous.processes.begin(), previous.processes.end(), [&](const Process& old) {
    return old.argv == p.argv && std::chrono::abs(old.started_at - p.started_at) < std::chrono::seconds(2);
  });
}

}  // namespace

const policy::Application* find_application(const std::vector<policy::Application>& known,
                                            const std::string& program) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const policy::Application& a) {
    return ::fnmatch(a.executable.c_str(), program.c_str(), 0) == 0;
  });
  return found == known.end() ? nullptr : &*found;
}

std::vector<Process> classify_processes(const std::vector<guest::Process>& reported,
                                        const std::vector<policy::Application>& known, base::Timestamp now) {
  std::map<std::uint32_t, const guest::Process*> by_pid;
  for (const auto& p : reported) by_pid[p.pid] = &p;
  std::vector<Process> result;
  for (const auto& p : reported) {
    Process process = convert(p, now);
    const auto* entry = find_application(known, process.program);
    process.application = entry == nullptr ? base_name(process.program) : entry->name;
    process.reason = reason_not_to_relaunch(p, by_pid, entry);
    process.relaunch = process.reason.empty();
    result.push_back(std::move(process));
  }
  return result;
}

std::vector<ApplicationUse> accumulate_use(const std::vector<Process>& processes, const Profile* previous,
                                           base::Timestamp now) {
  std::map<std::string, ApplicationUse> uses;
  if (previous != nullptr) {
    for (const auto& use : previous->applications) uses[use.name] = use;
  }
  for (const auto& p : processes) {
    if (!p.relaunch) continue;
    auto& use = uses[p.application];
    use.name = p.application;
    use.program = p.program;
    use.last_used = now;
    const bool known = previous != nullptr && was_running(*previous, p);
    use.launches += known ? 0 : 1;
    const auto since = known ? std::max(previous->captured_at, p.started_at) : p.started_at;
    use.minutes += std::max(0.0, std::chrono::duration<double>(now - since).count() / 60);
  }
  std::vector<ApplicationUse> ranked;
  for (auto& [name, use] : uses) {
    use.score = frecency(use, now);
    ranked.push_back(use);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  return ranked;
}

}  // namespace deskloom::persona
