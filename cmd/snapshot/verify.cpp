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

// "no problems" says no more than this.
const char* what_was_checked(bool full, bool has_key) {
  if (has_key) {
    return full ? "every chunk reads as what was stored, and snapshots have all they need"
                : "snapshots have all they need; contents take --full";
  }
  return full ? "every chunk is stored as it was written; contents, and what snapshots need, take the key"
              : "packs and manifests are there; what snapshots need takes the key";
}

// Without the key it is only known of damaged manifests.
frame::Value snapshots_lost(const snapshot::VerifyProblem& problem, bool has_key) {
  if (has_key || !problem.snapshots.empty()) return problem.snapshots;
  frame::Value unknown = frame::Value::absent();
  unknown.text = "unknown without the key";
  return unknown;
}

}  // namespace

void setup(CLI::App& app, SnapshotVerifyOptions& options) {
  app.add_flag("--full", options.full, "read, decompress and hash every chunk");
}

frame::ExitCode run(const SnapshotVerifyOptions& options, frame::Context& context) {
  const auto root = root_to_verify(context);
  const bool has_key = !root.seal->is_locked();
  if (!has_key) context.say("the store is encrypted: give its key (--key-file) to check what is in it");
  const auto report = snapshot::Store::open(root)->verify(options.full, context.progress());
  frame::Table problems({{"object", "OBJECT"}, {"problem", "PROBLEM"}, {"snapshots", "SNAPSHOTS LOST"}});
  for (const auto& p : report.problems) problems.add({p.object, p.problem, snapshots_lost(p, has_key)});
  context.print(frame::Document()
                    .field("full", "", options.full)
                    .field("with_key", "", has_key)
                    .field("contents_checked", "", options.full && has_key)
                    .field("references_checked", "", has_key)
                    .field("checked", "Checked", what_was_checked(options.full, has_key))
                    .field("snapshots", "Snapshots", report.snapshots)
                    .field("packs", "Packs", report.packs)
                    .field("chunks", "Chunks", report.chunks)
                    .field("read_bytes", "Read", frame::Value::size(report.read_bytes))
                    .table("problems", "Problems", problems, "no problems"));
  return report.problems.empty() ? frame::ExitCode::done : frame::ExitCode::corrupt;
}

}  // namespace deskloom::cmd
