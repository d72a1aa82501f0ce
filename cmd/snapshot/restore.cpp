#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "operation/restores.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {

namespace {

void restore(const deskloom::snapshot::Store& store, const deskloom::snapshot::Snapshot& snapshot,
             const deskloom::snapshot::Layer& layer, const SnapshotRestoreOptions& options,
             base::Progress& progress) {
  if (layer.kind == "tree") {
    const auto sink = deskloom::snapshot::local_sink(options.to);
    store.restore(layer, *sink, options.paths, progress);
  } else {
    operation::restore_layer(store, snapshot, layer, options.to, progress);
  }
}

}  // namespace

void setup(CLI::App& app, SnapshotRestoreOptions& options) {
  app.add_option("snapshot", options.snapshot, "its id, or the start of it")
      ->required()
      ->type_name("SNAPSHOT");
  app.add_option(
         "--to", options.to,
         "the directory to restore into; made when missing. For other layers: the file or block device")
      ->required()
      ->type_name("DIR");
  app.add_option("--layer", options.layer, "what to restore: tree, volume, memory, blob, … [tree]")
      ->type_name("LAYER");
  app.add_option("paths", options.paths, "only these and what is below them")->type_name("PATH");
}

frame::ExitCode run(const SnapshotRestoreOptions& options, frame::Context& context) {
  const auto record = context.catalogue().resolve(options.snapshot, std::nullopt);
  auto& store = context.snapshots();
  const auto snapshot = store.get(record.id);
  const auto* layer = snapshot.layer(options.layer);
  if (layer == nullptr) {
    throw base::Error(base::ErrorKind::not_found, "snapshot " + record.id + " has no layer " + options.layer,
                      "deskloom snapshot show " + record.id.substr(0, 8) + " lists those it has");
  }
  if (layer->kind != "tree" && !options.paths.empty()) {
    throw base::Error(base::ErrorKind::usage, "layer " + options.layer + " has no paths: only a tree has");
  }
  if (!context.dry_run()) restore(store, snapshot, *layer, options, context.progress());
  context.print(frame::Document()
                    .field("snapshot", "Snapshot", record.id)
                    .field("to", "Restored to", options.to)
                    .field("paths", "Paths", options.paths)
                    .field("files", "Files in the snapshot", layer->files)
                    .field("size_bytes", "Size", frame::Value::size(layer->size_bytes))
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
