#include "guest/server/launch.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "guest/server/child.hpp"
#include "guest/server/lines.hpp"
#include "guest/server/processes.hpp"
#include "guest/server/rights.hpp"

namespace deskloom::guest {
namespace {

using base::UniqueFd;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds settle_time{300};
constexpr std::chrono::milliseconds look_every{50};

// ~/.cache/deskloom/NAME.log, emptied; /dev/null when the home does not allow it.
UniqueFd open_log(const Identity& identity, const std::string& program) {
  const AsUser rights(identity);
  const auto cache = identity.account.home + "/.cache";
  ::mkdir(cache.c_str(), 0700);
  ::mkdir((cache + "/deskloom").c_str(), 0700);
  const auto path = cache + "/deskloom/" + program.substr(program.rfind('/') + 1) + ".log";
  const int fd =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  return fd >= 0 ? UniqueFd(fd) : base::open_file("/dev/null", O_RDWR);
}

std::string last_logged_line(int log) {
  struct stat facts {};
  if (::fstat(log, &facts) != 0 || !S_ISREG(facts.st_mode)) return "";
  constexpr off_t tail = 2048;
  std::string text(static_cast<std::size_t>(tail), '\0');
  const auto from = static_cast<std::uint64_t>(std::max<off_t>(0, facts.st_size - tail));
  text.resize(base::pread_full(log, text.data(), text.size(), from, "the program's log"));
  return std::string(last_line(text));
}

// The program as it is now: its session's processes, and what it left when it has ended.
class Watched {
 public:
  Watched(pid_t leader, const Identity& identity, const std::vector<std::string>& expected)
      : leader_(leader), identity_(identity), expected_(expected) {}

  void look() {
    reap(WNOHANG);
    find_members();
    if (members_.empty()) reap(0);  // it ended during the look
    std::set<std::string> open;
    for (const pid_t pid : members_) {
      for (const auto& file : open_files(pid, identity_)) open.insert(file.path);
    }
    missing_.clear();
    for (const auto& path : expected_) {
      char real[PATH_MAX];
      const bool is_open =
          open.contains(path) || (::realpath(path.c_str(), real) != nullptr && open.contains(real));
      if (!is_open) missing_.push_back(path);
    }
  }

  bool running() const { return !members_.empty(); }
  pid_t pid() const { return std::ranges::count(members_, leader_) > 0 ? leader_ : members_.front(); }
  int exit_code() const { return exit_code_; }
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  void reap(int options) {
    int status = 0;
    if (exited_ || ::waitpid(leader_, &status, options) != leader_) return;
    exited_ = true;
    exit_code_ = exit_code_of(status);
  }

  // A starter may end and leave the program itself behind in its session. One that forks and ends during the
  // look is missed together with its child, so an empty session is looked at again.
  void find_members() {
    members_ = session_members(leader_);
    for (int again = 0; members_.empty() && again < 3; ++again) members_ = session_members(leader_);
  }

  pid_t leader_;
  const Identity& identity_;
  const std::vector<std::string>& expected_;
  bool exited_ = false;
  int exit_code_ = 0;
  std::vector<pid_t> members_;
  std::vector<std::string> missing_;
};

void watch(Watched& program, std::chrono::milliseconds wait) {
  const auto start = Steady::now();
  for (;;) {
    program.look();
    const auto lived = Steady::now() - start;
    const bool settled = lived >= settle_time && program.missing().empty();
    if (!program.running() || settled || lived >= wait) return;
    std::this_thread::sleep_for(look_every);
  }
}

std::string exit_reason(int exit_code, const std::string& line) {
  auto reason = exit_code > 128 ? "was killed by signal " + std::to_string(exit_code - 128)
                                : "exited with status " + std::to_string(exit_code);
  return line.empty() ? reason : reason + ": " + line;
}

Child describe(const Config& config, const Identity& identity, const Launch& launch) {
  Child child;
  child.argv = launch.argv;
  // argv[0] stays as it was: a later capture must see the same command line.
  child.program = find_program(config, launch.argv.front());
  if (child.program.empty()) {
    throw base::Error(base::ErrorKind::not_found,
                      "there is no program " + launch.argv.front() + " on the path");
  }
  child.environment = login_environment(config, identity);
  for (const auto& [name, value] : launch.environment) {
    const auto assignment = name + "=";
    std::erase_if(child.environment, [&](const auto& entry) { return entry.starts_with(assignment); });
    child.environment.push_back(assignment + value);
  }
  child.user = &identity;
  child.cwd = usable_directory(identity, launch.cwd);
  return child;
}

}  // namespace

LaunchResult launch_program(const Config& config, const Identity& identity, const Launch& launch) {
  LaunchResult result;
  const auto log = open_log(identity, launch.argv.front());
  const auto null = base::open_file("/dev/null", O_RDONLY);
  pid_t pid = 0;
  try {
    pid = start_child(describe(config, identity, launch), null.get(), log.get(), log.get());
  } catch (const base::Error& error) {
    result.reason = error.what();
    result.missing_files = launch.expected_files;
    return result;
  }
  Watched program(pid, identity, launch.expected_files);
  watch(program, std::chrono::milliseconds(launch.wait_ms));
  result.running = program.running();
  result.missing_files = program.missing();
  if (result.running) {
    result.pid = static_cast<std::uint32_t>(program.pid());
  } else {
    result.reason = exit_reason(program.exit_code(), last_logged_line(log.get()));
  }
  return result;
}

}  // namespace deskloom::guest
