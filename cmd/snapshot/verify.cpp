#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

// A backup host looks after what it cannot read.
snapshot::StoreRoot root_to_verify(frame::Context& context) {
  if (context.store_key().is_given()) return context.snapshot_root();
  return snapshot::open_root_locked(context.policy().snapshot_store, snapshot::Seal::none());
}

}  // namespace

void setup(CLI::App& app, SnapshotVerifyOptions& options) {
  app.add_flag("--full", options.full, "read, decompress and hash every chunk");
}

frame::ExitCode run(const SnapshotVerifyOptions& options, frame::Context& context) {
  const auto root = root_to_verify(context);
  const bool has_key = !root.seal->is_locked();
  if (!has_key) context.say("without its key it shows only whether what is stored is as it was written");
  const auto report = snapshot::Store::open(root)->verify(options.full, context.progress());
  frame::Table problems({{"object", "OBJECT"}, {"problem", "PROBLEM"}, {"snapshots", "SNAPSHOTS LOST"}});
  for (const auto& p : report.problems) problems.add({p.object, p.problem, p.snapshots});
  context.print(frame::Document()
                    .field("full", "Every chunk read", options.full)
                    .field("with_key", "", has_key)
                    .field("snapshots", "Snapshots", report.snapshots)
                    .field("packs", "Packs", report.packs)
                    .field("chunks", "Chunks", report.chunks)
                    .field("read_bytes", "Read", frame::Value::size(report.read_bytes))
                    .table("problems", "Problems", problems, "no problems"));
  return report.problems.empty() ? frame::ExitCode::done : frame::ExitCode::corrupt;
}

}  // namespace deskloom::cmd
