#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace deskloom::guest {

// /proc/PID/stat, the fields that are of use here.
struct ProcStat {
  char state = '?';
  std::uint32_t parent = 0;
  std::uint32_t session = 0;
  std::uint64_t cpu_ticks = 0;    // user + system
  std::uint64_t start_ticks = 0;  // after boot
  std::uint64_t resident_pages = 0;
};

std::vector<pid_t> all_pids();
std::optional<ProcStat> read_stat(pid_t pid);
// Real uid of /proc/PID/status.
std::optional<uid_t> read_uid(pid_t pid);
// A whole file of /proc, at most limit bytes of it; empty when it cannot be read.
std::string read_proc(const std::string& path, std::size_t limit);
std::string proc_path(pid_t pid, const std::string& file);
// Empty when it cannot be read. The " (deleted)" mark stays.
std::string read_link(const std::string& path);

}  // namespace deskloom::guest
