#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, SnapshotGcOptions&) {}

frame::ExitCode run(const SnapshotGcOptions&, frame::Context& context) {
  const auto report =
      context.snapshots().collect(context.lock_timeout(), context.dry_run(), context.progress());
  context.print(frame::Document()
                    .field("freed_bytes", context.dry_run() ? "Would free" : "Freed",
                           frame::Value::size(report.freed_bytes))
                    .field("stored_bytes", "Stored then", frame::Value::size(report.stored_bytes))
                    .field("packs_removed", "Packs removed", report.packs_removed)
                    .field("packs_rewritten", "Of these rewritten", report.packs_rewritten)
                    .field("packs_waiting", "Left for the next run", report.packs_waiting)
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  if (report.packs_waiting > 0) {
    context.say("captures that began before are still running: what they could need was left");
  }
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
