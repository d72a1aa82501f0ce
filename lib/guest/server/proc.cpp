#include "guest/server/proc.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <climits>
#include <memory>

#include "base/fd.hpp"
#include "base/handle.hpp"
#include "guest/server/lines.hpp"

namespace deskloom::guest {
namespace {

template <typename T>
bool parse(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string proc_path(pid_t pid, const std::string& file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

std::vector<pid_t> all_pids() {
  std::vector<pid_t> pids;
  const base::Handle<DIR, ::closedir> directory(::opendir("/proc"));
  while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
    pid_t pid = 0;
    if (parse(entry->d_name, pid)) pids.push_back(pid);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

std::string read_proc(const std::string& path, std::size_t limit) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[16384];
  ssize_t n = 0;
  while (fd && text.size() < limit && (n = ::read(fd.get(), buffer, sizeof buffer)) > 0) {
    text.append(buffer, std::min(static_cast<std::size_t>(n), limit - text.size()));
  }
  return text;
}

std::string read_link(const std::string& path) {
  std::string target(PATH_MAX, '\0');
  const ssize_t n = ::readlink(path.c_str(), target.data(), target.size());
  target.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return target;
}

std::optional<ProcStat> read_stat(pid_t pid) {
  const auto text = read_proc(proc_path(pid, "stat"), 4096);
  const auto name_end = text.rfind(')');  // the name before it may hold spaces and ')'
  if (name_end == std::string::npos || name_end + 2 >= text.size()) return std::nullopt;
  const auto fields = split(trimmed(std::string_view(text).substr(name_end + 2)), ' ');
  constexpr std::size_t first = 3;  // the number proc(5) gives to fields[0]
  if (fields.size() <= 24 - first || fields[0].empty()) return std::nullopt;
  ProcStat stat;
  std::uint64_t user = 0, system = 0;
  stat.state = fields[0].front();
  const bool good = parse(fields[4 - first], stat.parent) && parse(fields[6 - first], stat.session) &&
                    parse(fields[14 - first], user) && parse(fields[15 - first], system) &&
                    parse(fields[22 - first], stat.start_ticks) &&
                    parse(fields[24 - first], stat.resident_pages);
  stat.cpu_ticks = user + system;
  return good ? std::optional(stat) : std::nullopt;
}

std::optional<uid_t> read_uid(pid_t pid) {
  const auto status = read_proc(proc_path(pid, "status"), 8192);
  for (const auto line : split(status, '\n')) {
    if (!line.starts_with("Uid:\t")) continue;
    uid_t uid = 0;
    const auto real = split(line.substr(5), '\t').front();
    return parse(real, uid) ? std::optional(uid) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace deskloom::guest
