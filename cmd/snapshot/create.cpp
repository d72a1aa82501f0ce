#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/text.hpp"
#include "frame/context.hpp"
#include "operation/captures.hpp"
#include "persona/capture.hpp"
#include "snapshot/changed_image.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

using deskloom::snapshot::Skipped;

constexpr std::uint64_t ranges_limit_bytes = 256 << 20;

frame::Table skipped_table(const std::vector<Skipped>& skipped) {
  frame::Table table({{"path", "PATH"}, {"reason", "REASON"}});
  for (const auto& s : skipped) table.add({base::printable(s.path), base::printable(s.reason)});
  return table;
}

operation::FileRequest checked_request(const SnapshotCreateOptions& options) {
  if (!options.tree && !options.volume && !options.memory && !options.blob) {
    throw base::Error(base::ErrorKind::usage, "nothing to capture is named",
                      "name it with --tree DIR, --volume FILE, --memory FILE or --blob FILE");
  }
  if (options.tree && !std::filesystem::is_directory(*options.tree)) {
    throw base::Error(base::ErrorKind::not_found, *options.tree + " is not a directory",
                      "name one that this machine can read");
  }
  if (options.since && !options.changed) {
    throw base::Error(base::ErrorKind::usage, "--since is given without --changed",
                      "without a list of what changed, the newest snapshot is gone on from by itself");
  }
  if (options.changed && options.volume.has_value() == options.memory.has_value()) {
    throw base::Error(base::ErrorKind::usage, "--changed tells the ranges of one image",
                      "give it with --volume or with --memory");
  }
  operation::FileRequest request;
  request.user = options.user;
  request.tree = options.tree;
  request.volume = options.volume;
  request.memory = options.memory;
  request.blob = options.blob;
  return request;
}

}  // namespace

void setup(CLI::App& app, SnapshotCreateOptions& options) {
  app.add_option("--user", options.user, "whose it is")->required()->type_name("USER");
  app.add_option("--tree", options.tree, "a directory of this machine, such as an NFS home")
      ->type_name("DIR");
  app.add_option("--volume", options.volume, "a disk that nobody writes to: raw, .qcow2 or block device")
      ->type_name("FILE");
  app.add_option("--memory", options.memory, "a file with the memory of a machine")->type_name("FILE");
  app.add_option("--blob", options.blob, "any other file")->type_name("FILE");
  auto* since = app.add_option("--since", options.since, "the snapshot to go on from, with --changed");
  since->type_name("SNAPSHOT");
  app.add_option("--changed", options.changed, "ranges that changed since then; nothing else is read")
      ->type_name("FILE")
      ->needs(since);
}

frame::ExitCode run(const SnapshotCreateOptions& options, frame::Context& context) {
  auto request = checked_request(options);
  if (context.dry_run()) {
    context.print(frame::Document()
                      .field("user", "User", options.user)
                      .field("dry_run", "Dry run", true)
                      .field("tree", "Would capture the tree", options.tree)
                      .field("volume", "The volume", options.volume)
                      .field("memory", "The memory", options.memory)
                      .field("blob", "The file", options.blob));
    return frame::ExitCode::done;
  }
  const auto& catalogue = context.catalogue();
  const auto lease = catalogue.lease(options.user, "snapshot create " + options.user, context.lock_timeout(),
                                     context.on_wait());
  request.exclude = context.policy().capture.exclude;
  request.special = persona::special_files(context.policy().capture);
  if (options.changed) {
    const auto text = base::read_file(*options.changed, ranges_limit_bytes);
    request.changed = {catalogue.resolve(*options.since, options.user).id,
                       snapshot::parse_changed_ranges(text, *options.changed)};
  }
  const auto created =
      operation::capture_files(context.snapshots(), catalogue, request, context.clock(), context.progress());
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
