#include <unistd.h>

#include <CLI/CLI.hpp>

#include "base/fd_channel.hpp"
#include "frame/context.hpp"
#include "snapshot/transfer/transfer.hpp"
#include "store/store.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, StoreServeOptions& options) {
  app.add_flag("--read-only", options.read_only, "give snapshots, take none");
}

// Standard output belongs to the protocol: nothing is printed.
frame::ExitCode run(const StoreServeOptions& options, frame::Context& context) {
  base::FdChannel channel(base::UniqueFd(::dup(STDIN_FILENO)), base::UniqueFd(::dup(STDOUT_FILENO)),
                          "the client");
  snapshot::transfer::serve(context.policy().snapshot_store, channel,
                            {options.read_only, context.store_key(), {}});
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
