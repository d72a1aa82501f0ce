#include "present/mount.hpp"

#include <CLI/CLI.hpp>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"
#include "frame/context.hpp"
#include "frame/interrupt.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

constexpr const char* all = "all";
constexpr std::size_t shown_id_digits = 8;

present::MountedTree shown(const deskloom::snapshot::Store& store, const domain::SnapshotRecord& record,
                           std::string path) {
  const auto open = [&store, id = record.id] {
    const auto snapshot = store.get(id);
    const auto* tree = snapshot.layer("tree");
    if (tree == nullptr) {
      throw base::Error(base::ErrorKind::not_found, "snapshot " + id + " has no tree layer to show files of");
    }
    return store.open_tree(*tree);
  };
  return {std::move(path), base::to_ns(record.created_at), open};
}

bool has_tree(const domain::SnapshotRecord& record) {
  return std::ranges::find(record.layers, "tree") != record.layers.end();
}

// "alice/2026-01-05T09:00:00Z-3fa9c2d1": two of one second are told apart.
std::string path_of(const domain::SnapshotRecord& record) {
  std::string date = base::to_rfc3339(record.created_at);
  date.replace(date.find('.'), 4, "");
  return record.user + "/" + date + "-" + record.id.substr(0, shown_id_digits);
}

std::vector<present::MountedTree> trees_of(const SnapshotMountOptions& options, frame::Context& context) {
  const auto& store = context.snapshots();
  std::vector<present::MountedTree> trees;
  if (options.snapshot != all) {
    trees.push_back(shown(store, context.catalogue().resolve(options.snapshot, std::nullopt), ""));
    static_cast<void>(trees.front().open());  // what cannot be shown is told before it is mounted
    return trees;
  }
  for (const auto& record : context.catalogue().list(std::nullopt, std::numeric_limits<int>::max())) {
    if (has_tree(record) && base::is_valid_name(record.user))
      trees.push_back(shown(store, record, path_of(record)));
  }
  if (trees.empty()) throw base::Error(base::ErrorKind::not_found, "there is no snapshot with files");
  return trees;
}

}  // namespace

void setup(CLI::App& app, SnapshotMountOptions& options) {
  app.add_option("snapshot", options.snapshot, "its id, the start of it, or 'all' for USER/DATE/...")
      ->required()
      ->type_name("SNAPSHOT");
  app.add_option("directory", options.directory, "an empty one to mount on")->required()->type_name("DIR");
  app.add_flag("--allow-other", options.allow_other, "let other users in, as modes and owners say");
  app.add_flag("--background", options.background, "go on in the background once it is mounted");
}

frame::ExitCode run(const SnapshotMountOptions& options, frame::Context& context) {
  present::MountRequest request;
  request.directory = std::filesystem::absolute(options.directory);
  request.trees = trees_of(options, context);
  request.allow_other = options.allow_other;
  request.background = options.background;
  request.should_stop = [] { return frame::interrupted(); };
  request.on_error = [&](const std::string& message) { context.say(message); };
  request.on_ready = [&] {
    context.print(frame::Document()
                      .field("directory", "Mounted on", request.directory.string())
                      .field("snapshots", "Snapshots", request.trees.size()));
    if (!options.background) context.say("'umount' or Ctrl-C ends it");
  };
  present::mount(request);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
