#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "frame/context.hpp"
#include "operation/captures.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

using deskloom::snapshot::Skipped;

frame::Table skipped_table(const std::vector<Skipped>& skipped) {
  frame::Table table({{"path", "PATH"}, {"reason", "REASON"}});
  for (const auto& s : skipped) table.add({base::printable(s.path), base::printable(s.reason)});
  return table;
}

}  // namespace

void setup(CLI::App& app, SnapshotCreateOptions& options) {
  app.add_option("--user", options.user, "whose it is")->required()->type_name("USER");
  app.add_option("--tree", options.tree, "a directory of this machine, such as an NFS home")
      ->required()
      ->type_name("DIR");
}

frame::ExitCode run(const SnapshotCreateOptions& options, frame::Context& context) {
  if (!std::filesystem::is_directory(options.tree)) {
    throw base::Error(base::ErrorKind::not_found, options.tree + " is not a directory",
                      "name one that this machine can read");
  }
  if (context.dry_run()) {
    context.print(frame::Document()
                      .field("user", "User", options.user)
                      .field("dry_run", "Dry run", true)
                      .field("tree", "Would capture", options.tree));
    return frame::ExitCode::done;
  }
  const auto& catalogue = context.catalogue();
  const auto lease = catalogue.lease(options.user, "snapshot create " + options.user, context.lock_timeout(),
                                     context.on_wait());
  const auto created = operation::capture_tree(context.snapshots(), catalogue,
                                               {options.user, options.tree, context.policy().capture.exclude},
                                               context.clock(), context.progress());
  const auto& r = created.record;
  context.print(frame::Document()
                    .field("snapshot", "Snapshot", r.id)
                    .field("user", "User", r.user)
                    .field("files", "Files", r.files)
                    .field("files_changed", "Changed", created.files_changed)
                    .field("size_bytes", "Size", frame::Value::size(r.size_bytes))
                    .field("bytes_read", "Read", frame::Value::size(r.read_bytes))
                    .field("bytes_added", "Added", frame::Value::size(r.added_bytes))
                    .field("elapsed_ms", "Took", frame::Value::duration_ms(r.elapsed_ms))
                    .table("skipped", "Skipped", skipped_table(created.skipped), "nothing"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
