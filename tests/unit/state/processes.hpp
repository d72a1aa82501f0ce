#pragma once

#include <sys/types.h>

#include <functional>
#include <vector>

namespace deskloom::test {

// A real process that runs body and exits with its result (99 when it throws). A process must open its own
// Store: SQLite's connections do not survive a fork.
pid_t start_process(const std::function<int()>& body);
int exit_code_of(pid_t pid);  // 128 + signal when it was killed
// body(0), body(1), … each in its own process, all at once; their exit codes in that order.
std::vector<int> run_processes(int count, const std::function<int(int)>& body);

}  // namespace deskloom::test
