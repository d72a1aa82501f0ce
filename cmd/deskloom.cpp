#include <unistd.h>

#include <iostream>
#include <string_view>

#include "commands.hpp"
#include "frame/interrupt.hpp"
#include "frame/run.hpp"

namespace {

bool color_wanted() {
  const auto variable = [](const char* name) {
    return std::string_view(std::getenv(name) ? std::getenv(name) : "");
  };
  return variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace deskloom;
  std::ios::sync_with_stdio(false);
  frame::catch_interrupts();
  const base::SystemClock clock;
  base::SystemRandom random;
  const frame::Services services{std::cout,
                                 std::cerr,
                                 clock,
                                 random,
                                 policy::load,
                                 fleet::open_runtime,
                                 isatty(STDOUT_FILENO) == 1,
                                 isatty(STDERR_FILENO) == 1,
                                 color_wanted()};
  return static_cast<int>(frame::run(cmd::commands(), {argv + 1, argv + argc}, services));
}
