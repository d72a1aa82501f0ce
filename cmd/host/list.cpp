#include "frame/context.hpp"
#include "host/host.hpp"
#include "host/host_table.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, HostListOptions&) {}

frame::ExitCode run(const HostListOptions&, frame::Context& context) {
  context.print(frame::Document().table("hosts", "", host_table(context), "no hosts"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
