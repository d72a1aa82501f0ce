#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"
#include "frame/context.hpp"
#include "frame/interrupt.hpp"
#include "present/tar.hpp"
#include "snapshot/export_file.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

using deskloom::snapshot::Layer;
using deskloom::snapshot::Snapshot;

const Layer& layer_of(const Snapshot& snapshot, const std::string& name) {
  if (const Layer* layer = snapshot.layer(name)) return *layer;
  std::vector<std::string> names;
  for (const auto& layer : snapshot.layers) names.push_back(layer.name);
  throw base::Error(base::ErrorKind::not_found,
                    "snapshot " + snapshot.id + " has no layer '" + base::printable(name) + "'",
                    "it has " + base::join(names, ", "));
}

void export_tree(const deskloom::snapshot::Store& store, const Layer& layer,
                 const std::vector<std::string>& paths, ExportFile& file, base::Progress& progress) {
  const auto sink = present::tar_sink([&](std::span<const std::byte> bytes) {
    frame::stop_if_interrupted();
    file.write(bytes);
  });
  store.restore(layer, *sink, paths, progress);
}

void export_bytes(const deskloom::snapshot::Store& store, const Layer& layer, ExportFile& file,
                  base::Progress& progress) {
  const auto source = store.open_stream(layer);
  std::vector<std::byte> buffer(256 << 10);
  progress.begin("exporting", layer.size_bytes);
  while (const std::size_t n = source->read(buffer)) {
    frame::stop_if_interrupted();
    file.write(std::span(buffer).first(n));
    progress.advance(n);
  }
  progress.end();
}

void check_output(const SnapshotExportOptions& options, const frame::Context& context) {
  if (options.output != "-") return;
  if (context.json()) {
    throw base::Error(base::ErrorKind::usage, "--json prints where the export itself would go",
                      "name a file with --output");
  }
  if (::isatty(STDOUT_FILENO) == 1) {
    throw base::Error(base::ErrorKind::usage, "an export is not for a terminal",
                      "name a file with --output, or send it through a pipe");
  }
}

}  // namespace

void setup(CLI::App& app, SnapshotExportOptions& options) {
  app.add_option("snapshot", options.snapshot, "its id, or the start of it")
      ->required()
      ->type_name("SNAPSHOT");
  app.add_option("paths", options.paths, "only these and what is below them")->type_name("PATH");
  app.add_option("--output", options.output, "a new file; - is standard output")
      ->required()
      ->type_name("FILE");
  app.add_option("--layer", options.layer, "this one, not the files [tree]")->type_name("LAYER");
}

frame::ExitCode run(const SnapshotExportOptions& options, frame::Context& context) {
  check_output(options, context);
  auto& store = context.snapshots();
  const auto snapshot = store.get(context.catalogue().resolve(options.snapshot, std::nullopt).id);
  const Layer& layer = layer_of(snapshot, options.layer);
  const bool is_tree = layer.kind == "tree";
  if (!is_tree && !options.paths.empty()) {
    throw base::Error(base::ErrorKind::usage, "layer '" + layer.name + "' has no paths in it");
  }
  ExportFile file(options.output);
  frame::ExitCode code = frame::ExitCode::done;
  if (is_tree) {
    try {
      export_tree(store, layer, options.paths, file, context.progress());
    } catch (const base::Error& e) {
      if (e.kind() != base::ErrorKind::partial) throw;
      context.say(e.what());
      code = frame::ExitCode::partial;
    }
  } else {
    export_bytes(store, layer, file, context.progress());
  }
  file.finish();
  if (options.output == "-") return code;
  context.print(frame::Document()
                    .field("snapshot", "Snapshot", snapshot.id)
                    .field("layer", "Layer", layer.name)
                    .field("format", "Format", is_tree ? "pax" : "bytes")
                    .field("output", "Exported to", options.output)
                    .field("output_bytes", "Its size", frame::Value::size(file.size())));
  return code;
}

}  // namespace deskloom::cmd
