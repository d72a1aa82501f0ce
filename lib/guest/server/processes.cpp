#include "guest/server/processes.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "base/handle.hpp"
#include "guest/codec.hpp"
#include "guest/server/lines.hpp"
#include "guest/server/proc.hpp"
#include "guest/server/rights.hpp"
#include "guest/server/script.hpp"

namespace deskloom::guest {
namespace {

constexpr std::size_t max_argv_bytes = 64 << 10;
constexpr std::size_t max_open_files = 1000;
constexpr std::size_t max_reported = 5000;

bool is_system_path(std::string_view path) {
  static constexpr std::array<std::string_view, 14> prefixes = {
      "/proc/", "/sys/", "/dev/",  "/usr/",     "/lib",        "/bin/",     "/sbin/",
      "/etc/",  "/run/", "/boot/", "/var/lib/", "/var/cache/", "/var/log/", "/var/tmp/"};
  return std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) { return path.starts_with(prefix); });
}

std::vector<std::string> nul_separated(std::string_view text) {
  std::vector<std::string> values;
  while (!text.empty() && values.size() < max_list_elements) {
    const auto end = text.find('\0');
    values.emplace_back(text.substr(0, std::min(end, max_string_bytes)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return values;
}

Pairs allowed_environment(pid_t pid, const std::vector<std::string>& names) {
  Pairs environment;
  for (const auto& entry : nul_separated(read_proc(proc_path(pid, "environ"), max_argv_bytes))) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos) continue;
    auto name = entry.substr(0, equals);
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    environment.emplace_back(std::move(name), entry.substr(equals + 1));
  }
  return environment;
}

// "flags:\t0100002" of fdinfo, in octal; the lowest two bits are the access mode.
bool opened_for_writing(pid_t pid, const std::string& fd) {
  const auto info = read_proc(proc_path(pid, "fdinfo/" + fd), 4096);
  const auto at = info.find("flags:");
  return at != std::string::npos && (std::strtoul(info.c_str() + at + 6, nullptr, 8) & 3U) != 0;
}

std::string without_deleted_mark(std::string path) {
  if (path.ends_with(" (deleted)")) path.resize(path.size() - 10);
  return path;
}

// The right to look at a process of the user's, while it lives. Root in a container lacks CAP_SYS_PTRACE and
// may not; a user may look at their own.
class Sight {
 public:
  Sight(pid_t pid, const Identity& identity) {
    if (read_link(proc_path(pid, "exe")).empty()) rights_.emplace(identity);
  }

 private:
  std::optional<AsUser> rights_;
};

Process describe(pid_t pid, const ProcStat& stat, const std::vector<std::string>& environment_names,
                 const Identity& identity) {
  const Sight sight(pid, identity);
  const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const auto uptime_ms = static_cast<std::uint64_t>(std::atof(read_proc("/proc/uptime", 64).c_str()) * 1000);
  const auto started_ms = stat.start_ticks * 1000 / ticks_per_second;
  Process process;
  process.pid = static_cast<std::uint32_t>(pid);
  process.parent = stat.parent;
  process.session = stat.session;
  process.executable = without_deleted_mark(read_link(proc_path(pid, "exe")));
  process.argv = nul_separated(read_proc(proc_path(pid, "cmdline"), max_argv_bytes));
  process.cwd = read_link(proc_path(pid, "cwd"));
  process.open_files = open_files(pid, identity);
  process.environment = allowed_environment(pid, environment_names);
  process.cpu_ms = stat.cpu_ticks * 1000 / ticks_per_second;
  process.memory_bytes = stat.resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  process.started_ms_ago = uptime_ms > started_ms ? uptime_ms - started_ms : 0;
  return process;
}

bool is_kernel_thread_or_zombie(const Process& process, const ProcStat& stat) {
  return stat.state == 'Z' || (process.executable.empty() && process.argv.empty());
}

}  // namespace

std::vector<OpenFile> open_files(pid_t pid, const Identity& identity) {
  const Sight sight(pid, identity);
  std::vector<OpenFile> files;
  const auto directory_path = proc_path(pid, "fd");
  const base::Handle<DIR, ::closedir> directory(::opendir(directory_path.c_str()));
  while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
    const std::string link = directory_path + "/" + entry->d_name;
    struct stat facts {};
    if (::stat(link.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_nlink == 0) continue;
    auto path = read_link(link);
    if (!path.starts_with('/') || is_system_path(path)) continue;
    files.push_back({std::move(path), opened_for_writing(pid, entry->d_name)});
    if (files.size() == max_open_files) break;
  }
  return files;
}

std::vector<pid_t> session_members(pid_t session) {
  std::vector<pid_t> members;
  for (const pid_t pid : all_pids()) {
    const auto stat = read_stat(pid);
    if (stat && stat->state != 'Z' && stat->session == static_cast<std::uint32_t>(session))
      members.push_back(pid);
  }
  return members;
}

std::vector<Process> user_processes(const Config& config, const Identity& identity,
                                    const std::vector<std::string>& environment_names,
                                    std::vector<std::string>& notes) {
  std::vector<Process> processes;
  for (const pid_t pid : all_pids()) {
    if (pid == ::getpid() || read_uid(pid) != identity.account.uid) continue;
    const auto stat = read_stat(pid);
    if (!stat) continue;
    auto process = describe(pid, *stat, environment_names, identity);
    if (is_kernel_thread_or_zombie(process, *stat)) continue;
    processes.push_back(std::move(process));
    if (processes.size() == max_reported) {
      notes.push_back("only the first " + std::to_string(max_reported) + " processes are reported");
      break;
    }
  }
  const AsUser rights(identity);  // a script's name is the user's to choose
  for (auto& process : processes) process.script = script_of(config, process);
  return processes;
}

}  // namespace deskloom::guest
