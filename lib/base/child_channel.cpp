#include "base/child_channel.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "base/error.hpp"

extern char** environ;  // NOLINT

namespace deskloom::base {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::chrono::milliseconds look_every{5};

std::pair<UniqueFd, UniqueFd> make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) throw system_error("cannot create a pipe");
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

pid_t spawn(const std::vector<std::string>& argv, int in, int out) {
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  // We ignore SIGPIPE; a program in general does not.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int status =
      ::posix_spawnp(&pid, argv.front().c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (status != 0) throw system_error("cannot start " + argv.front(), status);
  return pid;
}

bool has_ended(pid_t pid, int& status) { return ::waitpid(pid, &status, WNOHANG) == pid; }

int wait_for(pid_t pid) {
  int status = 0;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!has_ended(pid, status)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      ::kill(pid, SIGTERM);
      while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
      }
      break;
    }
    std::this_thread::sleep_for(look_every);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ChildChannel::ChildChannel(const std::vector<std::string>& argv, const std::string& name,
                           std::optional<std::chrono::milliseconds> timeout) {
  auto [child_in, our_out] = make_pipe();
  auto [our_in, child_out] = make_pipe();
  pid_ = spawn(argv, child_in.get(), child_out.get());
  pipes_.emplace(std::move(our_in), std::move(our_out), name.empty() ? argv.front() : name, timeout);
}

ChildChannel::~ChildChannel() { finish(); }

int ChildChannel::finish() {
  if (pid_ == 0) return exit_code_;
  pipes_.reset();
  exit_code_ = wait_for(std::exchange(pid_, 0));
  return exit_code_;
}

}  // namespace deskloom::base
