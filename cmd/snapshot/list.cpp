#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, SnapshotListOptions& options) {
  app.add_option("user", options.user, "only of this user")->type_name("USER");
  app.add_option("--limit", options.limit, "at most so many, newest first [100]")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1'000'000));
}

frame::ExitCode run(const SnapshotListOptions& options, frame::Context& context) {
  // What a capture cost is recorded beside it, not in its store.
  const auto cost = [&](frame::Value value) {
    return context.is_foreign_store() ? frame::Value::absent() : value;
  };
  frame::Table table({{"id", "ID"},
                      {"user", "USER"},
                      {"created_at", "CREATED"},
                      {"instance", "INSTANCE"},
                      {"host", ""},
                      {"layers", "LAYERS"},
                      {"files", "FILES"},
                      {"size_bytes", "SIZE"},
                      {"read_bytes", ""},
                      {"added_bytes", "ADDED"},
                      {"elapsed_ms", "TOOK"},
                      {"skipped", "SKIPPED"}});
  for (const domain::SnapshotRecord& s : context.catalogue().list(options.user, options.limit)) {
    table.add({s.id, s.user, s.created_at, s.instance, s.host, s.layers, s.files,
               frame::Value::size(s.size_bytes), cost(frame::Value::size(s.read_bytes)),
               cost(frame::Value::size(s.added_bytes)), cost(frame::Value::duration_ms(s.elapsed_ms)),
               s.skipped});
  }
  context.print(frame::Document().table("snapshots", "", table, "no snapshots"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
