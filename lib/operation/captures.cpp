#include "operation/captures.hpp"

#include <unistd.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "operation/sessions.hpp"

namespace deskloom::operation {
namespace {

domain::SnapshotRecord record_of(const snapshot::Snapshot& snapshot) {
  domain::SnapshotRecord record;
  record.id = snapshot.id;
  record.user = snapshot.metadata.value("user", "");
  record.instance = snapshot.metadata.value("instance", "");
  record.host = snapshot.metadata.value("host", "");
  record.created_at = snapshot.created_at;
  for (const auto& layer : snapshot.layers) {
    record.layers.push_back(layer.name);
    record.files += layer.files;
    record.size_bytes += layer.size_bytes;
  }
  if (snapshot.metadata.contains("skipped")) record.skipped = snapshot.metadata["skipped"].size();
  return record;
}

// A capture is durable in the snapshot store before it is recorded here; a kill in between leaves it
// unrecorded.
void record_orphans(const World& world) {
  const auto ids = world.snapshots().list();
  if (static_cast<std::int64_t>(ids.size()) == world.state.snapshots.count()) return;
  for (const auto& id : ids) {
    if (world.state.snapshots.find(id)) continue;
    const auto record = record_of(world.snapshots().get(id));
    if (record.user.empty()) continue;
    world.state.users.ensure(record.user, record.created_at);
    world.state.snapshots.put(record);
  }
}

std::optional<snapshot::Layer> previous_tree(const World& world, const std::string& user) {
  const auto latest = latest_snapshot(world, user);
  if (!latest) return std::nullopt;
  try {
    const auto snapshot = world.snapshots().get(latest->id);
    const auto* layer = snapshot.layer("tree");
    return layer == nullptr ? std::nullopt : std::optional(*layer);
  } catch (const base::Error& e) {
    // A lost predecessor costs a full read, not the capture.
    if (e.kind() != base::ErrorKind::not_found && e.kind() != base::ErrorKind::corrupt) throw;
    return std::nullopt;
  }
}

base::Json to_json(const std::vector<snapshot::Skipped>& skipped) {
  base::Json list = base::Json::array();
  for (const auto& s : skipped)
    list.push_back({{"path", base::printable(s.path)}, {"reason", base::printable(s.reason)}});
  return list;
}

std::string this_host() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "local";
}

}  // namespace

TreeCapture capture_tree(const World& world, const std::string& user,
                         const std::filesystem::path& directory) {
  TreeCapture capture;
  const auto started = world.clock.now();
  const auto previous = previous_tree(world, user);
  const auto writer = world.snapshots().begin(world.progress);
  const auto source = snapshot::local_source(directory, world.policy.capture.exclude);
  writer->put_tree("tree", *source, previous ? &*previous : nullptr, capture.skipped);
  const auto committed = writer->commit({{"user", user},
                                         {"instance", ""},
                                         {"host", this_host()},
                                         {"home", std::filesystem::absolute(directory).string()},
                                         {"skipped", to_json(capture.skipped)}},
                                        started);
  const auto stats = writer->stats();
  capture.files_changed = stats.files_changed;
  capture.record = record_of(committed);
  capture.record.read_bytes = stats.read_bytes;
  capture.record.added_bytes = stats.added_bytes;
  capture.record.elapsed_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(world.clock.now() - started).count();
  world.state.snapshots.put(capture.record);
  return capture;
}

persona::CaptureResult capture_user(const World& world, const std::string& user) {
  const auto instance = instance_of(world.state, user);
  auto& runtime = world.host(instance.host);
  if (!runtime.is_running(instance.name)) {
    throw base::Error(
        base::ErrorKind::failed,
        "instance " + instance.name + " of " + user + " is not running on host " + instance.host,
        "'deskloom session assign " + user + "' gives the last captured persona to another instance");
  }
  const auto previous = latest_snapshot(world, user);
  const auto client = world.connect(runtime, instance.name);
  const persona::CaptureRequest request{user, instance.name, instance.host,
                                        previous ? std::optional(previous->id) : std::nullopt};
  auto result =
      persona::capture(*client, request, world.policy, world.snapshots(), world.clock, world.progress);
  client->close();

  auto transaction = world.state.transaction();
  world.state.users.ensure(user, result.record.created_at);
  world.state.snapshots.put(result.record);
  world.state.instances.set_snapshot(instance.name, result.record.id);
  transaction.commit();
  return result;
}

std::optional<domain::SnapshotRecord> latest_snapshot(const World& world, const std::string& user) {
  record_orphans(world);
  return world.state.snapshots.latest(user);
}

}  // namespace deskloom::operation
