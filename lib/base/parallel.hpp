#pragma once

#include <functional>

namespace deskloom::base {

// As many threads as this process may run on.
unsigned usable_cpus();

// Runs work(0) … work(threads - 1) at the same time, work(0) on this thread. When some throw, the first of
// them by number is thrown on once all have ended.
void run_parallel(unsigned threads, const std::function<void(unsigned number)>& work);

}  // namespace deskloom::base
