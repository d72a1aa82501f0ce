#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, SnapshotRestoreOptions& options) {
  app.add_option("snapshot", options.snapshot, "its id, or the start of it")
      ->required()
      ->type_name("SNAPSHOT");
  app.add_option("--to", options.to, "the directory to restore into; made when missing")
      ->required()
      ->type_name("DIR");
  app.add_option("paths", options.paths, "only these and what is below them")->type_name("PATH");
}

frame::ExitCode run(const SnapshotRestoreOptions& options, frame::Context& context) {
  const auto record = context.catalogue().resolve(options.snapshot, std::nullopt);
  auto& store = context.snapshots();
  const auto snapshot = store.get(record.id);
  const auto* tree = snapshot.layer("tree");
  if (tree == nullptr) {
    throw base::Error(base::ErrorKind::not_found,
                      "snapshot " + record.id + " has no tree layer to restore files from");
  }
  if (!context.dry_run()) {
    const auto sink = deskloom::snapshot::local_sink(options.to);
    store.restore(*tree, *sink, options.paths, context.progress());
  }
  context.print(frame::Document()
                    .field("snapshot", "Snapshot", record.id)
                    .field("to", "Restored to", options.to)
                    .field("paths", "Paths", options.paths)
                    .field("files", "Files in the snapshot", tree->files)
                    .field("size_bytes", "Their size", frame::Value::size(tree->size_bytes))
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
