#include "operation/captures.hpp"

#include <unistd.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "operation/sessions.hpp"

namespace deskloom::operation {
namespace {

std::optional<snapshot::Layer> previous_tree(const snapshot::Store& store, const Catalogue& catalogue,
                                             const std::string& user) {
  const auto latest = catalogue.latest(user);
  if (!latest) return std::nullopt;
  try {
    const auto snapshot = store.get(latest->id);
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

TreeCapture capture_tree(snapshot::Store& store, const Catalogue& catalogue, const TreeRequest& request,
                         const base::Clock& clock, base::Progress& progress) {
  TreeCapture capture;
  const auto started = clock.now();
  const auto previous = previous_tree(store, catalogue, request.user);
  const auto writer = store.begin(progress);
  const auto source = snapshot::local_source(request.directory, request.exclude);
  writer->put_tree("tree", *source, previous ? &*previous : nullptr, capture.skipped);
  const auto committed = writer->commit({{"user", request.user},
                                         {"instance", ""},
                                         {"host", this_host()},
                                         {"home", std::filesystem::absolute(request.directory).string()},
                                         {"skipped", to_json(capture.skipped)}},
                                        started);
  const auto stats = writer->stats();
  capture.files_changed = stats.files_changed;
  capture.record = record_of(committed);
  capture.record.read_bytes = stats.read_bytes;
  capture.record.added_bytes = stats.added_bytes;
  capture.record.elapsed_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - started).count();
  catalogue.add(capture.record);
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
  return recorded_catalogue(world.state, world.snapshots)->latest(user);
}

}  // namespace deskloom::operation
