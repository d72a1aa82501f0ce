#include "frame/interrupt.hpp"

#include <csignal>

#include "base/error.hpp"

namespace deskloom::frame {
namespace {

volatile std::sig_atomic_t flag = 0;

extern "C" void on_signal(int) { flag = 1; }

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A reader that goes away must not kill work half way; the failed write is seen when output is flushed.
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return flag != 0; }

void stop_if_interrupted() {
  if (interrupted()) {
    throw base::Error(base::ErrorKind::interrupted, "interrupted",
                      "run the command again to go on where it stopped");
  }
}

}  // namespace deskloom::frame
