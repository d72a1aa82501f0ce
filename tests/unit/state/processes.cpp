#include "processes.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

namespace deskloom::test {
namespace {

[[noreturn]] void run_child(const std::function<int()>& body) {
  int code = 99;
  try {
    code = body();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "child: %s\n", e.what());
  }
  ::_exit(code);
}

}  // namespace

pid_t start_process(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) run_child(body);
  return pid;
}

int exit_code_of(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::vector<int> run_processes(int count, const std::function<int(int)>& body) {
  std::vector<pid_t> pids;
  for (int i = 0; i < count; ++i) pids.push_back(start_process([&] { return body(i); }));
  std::vector<int> codes;
  for (const pid_t pid : pids) codes.push_back(exit_code_of(pid));
  return codes;
}

}  // namespace deskloom::test
