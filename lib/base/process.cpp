#include "base/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "base/error.hpp"
#include "base/fd.hpp"

extern char** environ;  // NOLINT

namespace deskloom::base {
namespace {

std::string boot_id() {
  static const std::string id = [] {
    std::string text = read_file("/proc/sys/kernel/random/boot_id", 256);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }();
  return id;
}

// 0 when the process does not exist. The command name may hold spaces and ')', so count from the last ')'.
std::uint64_t start_ticks(pid_t pid) {
  std::string stat;
  try {
    stat = read_file("/proc/" + std::to_string(pid) + "/stat", 4096);
  } catch (const Error&) {
    return 0;
  }
  std::size_t at = stat.rfind(')');
  for (int field = 2; field < 21 && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
  return at == std::string::npos ? 0 : std::strtoull(stat.c_str() + stat.find(' ', at + 1), nullptr, 10);
}

struct Pipe {
  UniqueFd read_end, write_end;
  Pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) throw system_error("cannot create a pipe");
    read_end.reset(fds[0]);
    write_end.reset(fds[1]);
  }
};

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (auto& s : strings) result.push_back(s.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> merged_environment(const std::vector<std::string>& extra) {
  std::map<std::string, std::string> values;
  auto add = [&](const std::string& entry) { values[entry.substr(0, entry.find('='))] = entry; };
  for (char** e = environ; *e != nullptr; ++e) add(*e);
  for (const auto& e : extra) add(e);
  std::vector<std::string> result;
  for (auto& [name, entry] : values) result.push_back(entry);
  return result;
}

pid_t spawn(const std::vector<std::string>& argv, const ProcessOptions& options, const Pipe& in,
            const Pipe& out, const Pipe& err) {
  auto arguments = argv;
  auto environment = merged_environment(options.environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read_end.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, out.write_end.get(), 1);
  if (!options.shows_errors) posix_spawn_file_actions_adddup2(&actions, err.write_end.get(), 2);
  // Not all that libraries open is closed by itself: one that goes on in the background would hold it for
  // ever.
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  pid_t pid = 0;
  const int status = ::posix_spawnp(&pid, argv.front().c_str(), &actions, nullptr, pointers(arguments).data(),
                                    pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0) throw system_error("cannot start " + argv.front(), status);
  return pid;
}

// One readable end: appends to text up to the limit, closes at end of file.
void drain(UniqueFd& fd, std::string& text, std::size_t limit) {
  char buffer[65536];
  const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n <= 0) {
    fd.reset();
    return;
  }
  text.append(buffer, std::min(static_cast<std::size_t>(n), limit - std::min(limit, text.size())));
}

void feed(UniqueFd& fd, const std::string& input, std::size_t& sent) {
  const ssize_t n = ::write(fd.get(), input.data() + sent, input.size() - sent);
  if (n > 0) sent += static_cast<std::size_t>(n);
  const bool closed = n < 0 && errno != EINTR && errno != EAGAIN;
  if (closed || sent == input.size()) fd.reset();
}

}  // namespace

ProcessIdentity this_process() { return {::getpid(), start_ticks(::getpid()), boot_id()}; }

bool is_alive(const ProcessIdentity& process) {
  return process.boot_id == boot_id() && start_ticks(process.pid) == process.start_ticks &&
         process.start_ticks != 0;
}

ProcessResult run_process(const std::vector<std::string>& argv, const ProcessOptions& options) {
  Pipe in, out, err;
  const pid_t pid = spawn(argv, options, in, out, err);
  in.read_end.reset();
  out.write_end.reset();
  err.write_end.reset();
  ::fcntl(in.write_end.get(), F_SETFL, O_NONBLOCK);

  ProcessResult result;
  std::size_t sent = 0;
  if (options.input.empty()) in.write_end.reset();
  const auto deadline = std::chrono::steady_clock::now() + options.timeout;
  bool timed_out = false;
  while (!timed_out && (out.read_end || err.read_end)) {
    pollfd fds[3] = {
        {out.read_end.get(), POLLIN, 0}, {err.read_end.get(), POLLIN, 0}, {in.write_end.get(), POLLOUT, 0}};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    timed_out = left.count() <= 0 || (::poll(fds, 3, static_cast<int>(left.count())) == 0);
    if (timed_out) break;
    if (fds[0].revents != 0) drain(out.read_end, result.out, options.output_limit_bytes);
    if (fds[1].revents != 0) drain(err.read_end, result.err, options.output_limit_bytes);
    if (fds[2].revents != 0) feed(in.write_end, options.input, sent);
  }
  if (timed_out) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (timed_out) {
    throw Error(ErrorKind::failed,
                argv.front() + " did not end within " + std::to_string(options.timeout.count()) + " ms");
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace deskloom::base
