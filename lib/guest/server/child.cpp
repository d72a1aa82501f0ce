#include "guest/server/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "guest/server/lines.hpp"
#include "guest/server/rights.hpp"

namespace deskloom::guest {
namespace {

using base::UniqueFd;

struct Pipe {
  UniqueFd read_end, write_end;
  Pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) throw base::system_error("cannot create a pipe");
    read_end.reset(fds[0]);
    write_end.reset(fds[1]);
  }
};

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const auto& s : strings) result.push_back(const_cast<char*>(s.c_str()));
  result.push_back(nullptr);
  return result;
}

void close_from(int first) {
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
  const auto limit = std::min<long>(::sysconf(_SC_OPEN_MAX), 65536);  // kernels before 5.9
  for (int fd = first; fd < limit; ++fd) ::close(fd);
}

// The lowest descriptors become 0, 1, 2 and the status pipe 3; all others are closed.
bool arrange(int in, int out, int err, int& status) {
  constexpr int spare = 10;
  const int fds[] = {::fcntl(in, F_DUPFD, spare), ::fcntl(out, F_DUPFD, spare), ::fcntl(err, F_DUPFD, spare),
                     ::fcntl(status, F_DUPFD, spare)};
  for (int i = 0; i < 4; ++i) {
    if (fds[i] < 0 || ::dup2(fds[i], i) < 0) return false;
  }
  status = 3;
  close_from(4);
  return ::fcntl(status, F_SETFD, FD_CLOEXEC) == 0;
}

void reset_signals() {
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// In the child: never returns. What fails before exec is told through the status pipe as an errno.
[[noreturn]] void execute(const Child& child, char** argv, char** environment, const int* fds, int status) {
  reset_signals();
  ::setsid();
  ::umask(022);
  if (arrange(fds[0], fds[1], fds[2], status) && (child.user == nullptr || become(*child.user)) &&
      ::chdir(child.cwd.c_str()) == 0) {
    ::execve(child.program.empty() ? argv[0] : child.program.c_str(), argv, environment);
  }
  const int error = errno == 0 ? EPERM : errno;
  [[maybe_unused]] const ssize_t ignored = ::write(status, &error, sizeof error);
  ::_exit(127);
}

pid_t fork_and_execute(const Child& child, int in, int out, int err) {
  Pipe status;
  auto argv = pointers(child.argv);
  auto environment = pointers(child.environment);
  const int fds[] = {in, out, err};
  const pid_t pid = ::fork();
  if (pid < 0) throw base::system_error("cannot start " + child.argv.front());
  if (pid == 0) execute(child, argv.data(), environment.data(), fds, status.write_end.get());
  status.write_end.reset();
  int error = 0;
  if (base::read_full(status.read_end.get(), &error, sizeof error, "a child's status") == 0) return pid;
  ::waitpid(pid, nullptr, 0);
  throw base::system_error("cannot start " + child.argv.front(), error);
}

// True at the end of the output.
bool drain(int fd, std::string& output, std::size_t limit) {
  char buffer[16384];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  if (n < 0) return errno != EINTR && errno != EAGAIN;
  output.append(buffer, std::min(static_cast<std::size_t>(n), limit - output.size()));
  return n == 0;
}

void feed(UniqueFd& fd, const std::string& input, std::size_t& sent) {
  const ssize_t n = ::write(fd.get(), input.data() + sent, input.size() - sent);
  if (n > 0) sent += static_cast<std::size_t>(n);
  if (sent == input.size() || (n < 0 && errno != EINTR && errno != EAGAIN)) fd.reset();
}

// Still there to be waited for afterwards.
bool has_ended(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid;
}

// Until the output has ended, or the child has and nothing more comes: a daemon it started may keep the pipe
// open for ever. False when the time is up before.
bool converse(const Child& child, pid_t pid, Pipe& in, Pipe& out, std::string& output) {
  constexpr long look_every_ms = 100;
  const auto deadline = std::chrono::steady_clock::now() + child.timeout;
  std::size_t sent = 0;
  if (child.input.empty()) in.write_end.reset();
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd fds[] = {{out.read_end.get(), POLLIN, 0}, {in.write_end.get(), POLLOUT, 0}};
    const int ready = ::poll(fds, 2, static_cast<int>(std::min<long>(left.count(), look_every_ms)));
    if (ready == 0 && has_ended(pid)) return true;
    if (ready <= 0) continue;
    if (fds[1].revents != 0) feed(in.write_end, child.input, sent);
    if (fds[0].revents != 0 && drain(out.read_end.get(), output, child.output_limit_bytes)) return true;
  }
}

}  // namespace

int exit_code_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

ChildResult run_child(const Child& child) {
  Pipe in, out;
  const pid_t pid = fork_and_execute(child, in.read_end.get(), out.write_end.get(), out.write_end.get());
  in.read_end.reset();
  out.write_end.reset();
  ::fcntl(in.write_end.get(), F_SETFL, O_NONBLOCK);
  ChildResult result;
  const bool ended = converse(child, pid, in, out, result.output);
  if (!ended) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) {
    throw base::Error(base::ErrorKind::failed, child.argv.front() + " did not end within " +
                                                   std::to_string(child.timeout.count()) + " ms");
  }
  result.exit_code = exit_code_of(status);
  return result;
}

pid_t start_child(const Child& child, int in, int out, int err) {
  return fork_and_execute(child, in, out, err);
}

std::string find_program(const Config& config, const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  for (const auto directory : split(config.path, ':')) {
    auto path = std::string(directory) + "/" + name;
    struct stat facts {};
    if (::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && (facts.st_mode & 0111) != 0)
      return path;
  }
  return "";
}

std::vector<std::string> login_environment(const Config& config, const Identity& identity) {
  const auto& account = identity.account;
  std::vector<std::string> environment = {"HOME=" + account.home, "USER=" + account.name,
                                          "LOGNAME=" + account.name, "PATH=" + config.path,
                                          "SHELL=" + (account.shell.empty() ? "/bin/sh" : account.shell)};
  const auto runtime = "/run/user/" + std::to_string(account.uid);
  if (::access(runtime.c_str(), F_OK) == 0) environment.push_back("XDG_RUNTIME_DIR=" + runtime);
  if (::access((runtime + "/bus").c_str(), F_OK) == 0) {
    environment.push_back("DBUS_SESSION_BUS_ADDRESS=unix:path=" + runtime + "/bus");
  }
  return environment;
}

}  // namespace deskloom::guest
