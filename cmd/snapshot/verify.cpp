#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, SnapshotVerifyOptions& options) {
  app.add_flag("--full", options.full, "read, decompress and hash every chunk");
}

frame::ExitCode run(const SnapshotVerifyOptions& options, frame::Context& context) {
  const auto report = context.snapshots().verify(options.full, context.progress());
  frame::Table problems({{"object", "OBJECT"}, {"problem", "PROBLEM"}, {"snapshots", "SNAPSHOTS LOST"}});
  for (const auto& p : report.problems) problems.add({p.object, p.problem, p.snapshots});
  context.print(frame::Document()
                    .field("full", "Every chunk read", options.full)
                    .field("snapshots", "Snapshots", report.snapshots)
                    .field("packs", "Packs", report.packs)
                    .field("chunks", "Chunks", report.chunks)
                    .field("read_bytes", "Read", frame::Value::size(report.read_bytes))
                    .table("problems", "Problems", problems, "no problems"));
  return report.problems.empty() ? frame::ExitCode::done : frame::ExitCode::corrupt;
}

}  // namespace deskloom::cmd
