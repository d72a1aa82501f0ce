#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

using frame::Table;
using frame::Value;

Table layers_table(const deskloom::snapshot::Snapshot& snapshot) {
  Table table(
      {{"name", "LAYER"}, {"kind", "KIND"}, {"files", "FILES"}, {"size_bytes", "SIZE"}, {"root", "ROOT"}});
  for (const auto& l : snapshot.layers)
    table.add({l.name, l.kind, l.files, Value::size(l.size_bytes), l.root});
  return table;
}

Table skipped_table(const base::Json& metadata) {
  Table table({{"path", "PATH"}, {"reason", "REASON"}});
  if (!metadata.contains("skipped")) return table;
  for (const auto& s : metadata["skipped"]) table.add({s.value("path", ""), s.value("reason", "")});
  return table;
}

Value resource(const base::Json& metadata, const char* name, Value (*format)(std::uint64_t)) {
  const auto resources = metadata.value("resources", base::Json::object());
  return resources.contains(name) ? format(resources[name].get<std::uint64_t>()) : Value::absent();
}

}  // namespace

void setup(CLI::App& app, SnapshotShowOptions& options) {
  app.add_option("snapshot", options.snapshot, "its id, or the start of it")
      ->required()
      ->type_name("SNAPSHOT");
}

frame::ExitCode run(const SnapshotShowOptions& options, frame::Context& context) {
  const auto record = context.catalogue().resolve(options.snapshot, std::nullopt);
  const auto snapshot = context.snapshots().get(record.id);
  // What a capture cost is recorded beside it, not in its store.
  const auto cost = [&](Value value) { return context.is_foreign_store() ? Value::absent() : value; };
  const auto duration = [](std::uint64_t ms) { return Value::duration_ms(static_cast<std::int64_t>(ms)); };
  context.print(frame::Document()
                    .field("snapshot", "Snapshot", record.id)
                    .field("user", "User", record.user)
                    .field("created_at", "Captured", record.created_at)
                    .field("instance", "Instance", record.instance)
                    .field("host", "Host", record.host)
                    .field("files", "Files", record.files)
                    .field("size_bytes", "Size", Value::size(record.size_bytes))
                    .field("read_bytes", "Read", cost(Value::size(record.read_bytes)))
                    .field("added_bytes", "Added to the store", cost(Value::size(record.added_bytes)))
                    .field("elapsed_ms", "Took", cost(Value::duration_ms(record.elapsed_ms)))
                    .field("cpu_ms", "Processes' CPU time", resource(snapshot.metadata, "cpu_ms", duration))
                    .field("memory_bytes", "Processes' memory",
                           resource(snapshot.metadata, "memory_bytes", Value::size))
                    .table("layers", "Layers", layers_table(snapshot))
                    .table("skipped", "Skipped", skipped_table(snapshot.metadata), "nothing"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
