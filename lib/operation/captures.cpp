#include "operation/captures.hpp"

#include "base/error.hpp"
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

}  // namespace

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
