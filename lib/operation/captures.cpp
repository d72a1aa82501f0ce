#include "operation/captures.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "operation/images.hpp"
#include "operation/live_layers.hpp"
#include "operation/sessions.hpp"
#include "snapshot/changed_image.hpp"

namespace deskloom::operation {
namespace {

// How far back a layer of the same name is looked for.
constexpr int snapshots_searched = 100;

std::optional<snapshot::Layer> previous_layer(const snapshot::Store& store, const Catalogue& catalogue,
                                              const std::string& user, const std::string& name) {
  const auto snapshot = newest_with_layer(store, catalogue, user, name);
  return snapshot ? std::optional(*snapshot->layer(name)) : std::nullopt;
}

snapshot::Layer layer_of(const snapshot::Store& store, const std::string& id, const std::string& name) {
  const auto snapshot = store.get(id);
  if (const auto* layer = snapshot.layer(name); layer != nullptr) return *layer;
  throw base::Error(base::ErrorKind::usage, "snapshot " + id + " has no " + name + " to go on from",
                    "name one that has, or capture all of it without --changed");
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

// Layer by layer.
class FileCapturer {
 public:
  FileCapturer(snapshot::Store& store, const Catalogue& catalogue, const std::string& user,
               base::Progress& progress)
      : store_(store), catalogue_(catalogue), user_(user), writer_(store.begin(progress)) {}

  void put_tree(const std::filesystem::path& directory, const FileRequest& request) {
    const auto source = snapshot::local_source(directory, request.exclude);
    const auto previous = previous_layer(store_, catalogue_, user_, "tree");
    writer_->put_tree("tree", *source, previous ? &*previous : nullptr, capture_.skipped, request.special);
    metadata_["home"] = std::filesystem::absolute(directory).string();
  }
  void put_image(const std::string& name, const std::filesystem::path& file,
                 std::unique_ptr<snapshot::ImageSource> image, const std::optional<ChangedSince>& changed) {
    const auto changed_at = std::filesystem::last_write_time(file);
    auto previous = changed ? std::optional(layer_of(store_, changed->snapshot, name))
                            : previous_layer(store_, catalogue_, user_, name);
    if (changed) image = changed_image(std::move(image), changed->ranges);
    writer_->put_image(name, *image, previous ? &*previous : nullptr);
    if (std::filesystem::last_write_time(file) != changed_at)
      capture_.skipped.push_back({file.string(), "changed while it was read"});
    metadata_[name] = {{"file", std::filesystem::absolute(file).string()}};
  }
  void put_stream(const std::string& name, base::ByteSource&& source) {
    const auto previous = previous_layer(store_, catalogue_, user_, name);
    writer_->put_stream(name, source, previous ? &*previous : nullptr);
  }
  FileCapture commit(base::Timestamp started, const base::Clock& clock);

 private:
  snapshot::Store& store_;
  const Catalogue& catalogue_;
  std::string user_;
  std::unique_ptr<snapshot::Writer> writer_;
  FileCapture capture_;
  base::Json metadata_ = base::Json::object();
};

FileCapture FileCapturer::commit(base::Timestamp started, const base::Clock& clock) {
  metadata_.update({{"user", user_}, {"instance", ""}, {"host", this_host()}});
  metadata_["skipped"] = to_json(capture_.skipped);
  const auto created_at = time_after(catalogue_.latest(user_), started);
  const auto committed = writer_->commit(std::move(metadata_), created_at);
  const auto stats = writer_->stats();
  capture_.files_changed = stats.files_changed;
  capture_.record = record_of(committed);
  capture_.record.read_bytes = stats.read_bytes;
  capture_.record.added_bytes = stats.added_bytes;
  capture_.record.elapsed_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - started).count();
  catalogue_.add(capture_.record);
  return std::move(capture_);
}

}  // namespace

FileCapture capture_files(snapshot::Store& store, const Catalogue& catalogue, const FileRequest& request,
                          const base::Clock& clock, base::Progress& progress) {
  const auto started = clock.now();
  FileCapturer capturer(store, catalogue, request.user, progress);
  if (request.tree) capturer.put_tree(*request.tree, request);
  if (request.volume)
    capturer.put_image("volume", *request.volume, open_volume_image(*request.volume), request.changed);
  if (request.memory) {
    auto memory = open_memory_image(*request.memory);
    capturer.put_image("memory", *request.memory, std::move(memory.pages), request.changed);
    if (memory.rest) capturer.put_stream(machine_layer, base::TextSource(*memory.rest));
  }
  if (request.blob) capturer.put_stream("blob", base::FileSource(*request.blob));
  return capturer.commit(started, clock);
}

std::optional<snapshot::Snapshot> newest_with_layer(const snapshot::Store& store, const Catalogue& catalogue,
                                                    const std::string& user, const std::string& layer) {
  catalogue.latest(user);  // takes in what was not recorded
  for (const auto& record : catalogue.list(user, snapshots_searched)) {
    if (std::ranges::find(record.layers, layer) == record.layers.end()) continue;
    try {
      auto snapshot = store.get(record.id);
      if (snapshot.layer(layer) != nullptr) return snapshot;
    } catch (const base::Error& e) {
      // A lost predecessor costs a full read, not the capture.
      if (e.kind() != base::ErrorKind::not_found && e.kind() != base::ErrorKind::corrupt) throw;
    }
  }
  return std::nullopt;
}

persona::CaptureResult capture_user(const World& world, const std::string& user, LiveParts parts) {
  const auto instance = instance_of(world.state, user);
  if (instance.power != domain::Power::running) {
    throw base::Error(base::ErrorKind::usage,
                      "instance " + instance.name + " of " + user + " is " +
                          std::string(to_string(instance.power)) +
                          ": nothing has changed in it since its persona was applied",
                      "'deskloom shadow inflate " + user + " --full' wakes it");
  }
  auto& runtime = world.host(instance.host);
  if (!runtime.is_running(instance.name)) {
    throw base::Error(
        base::ErrorKind::failed,
        "instance " + instance.name + " of " + user + " is not running on host " + instance.host,
        "'deskloom session assign " + user + "' gives the last captured persona to another instance");
  }
  // What was written to a volume that came out of the store is nowhere else, and goes with the instance.
  parts.volume = parts.volume || world.state.volumes.of(instance.name).has_value();
  const auto previous = latest_snapshot(world, user);
  const auto client = world.connect(runtime, instance.name);
  LiveLayers live(world, runtime, instance, parts);
  const persona::CaptureRequest request{user,
                                        instance.name,
                                        instance.host,
                                        previous ? std::optional(previous->id) : std::nullopt,
                                        time_after(previous, world.clock.now()),
                                        [&](snapshot::Writer& writer) { return live.put(writer); }};
  auto result =
      persona::capture(*client, request, world.policy, world.snapshots(), world.clock, world.progress);
  live.keep();
  client->close();

  auto transaction = world.state.transaction();
  world.state.users.ensure(user, result.record.created_at);
  world.state.snapshots.put(result.record);
  world.state.instances.set_snapshot(instance.name, result.record.id);
  transaction.commit();
  return result;
}

std::optional<domain::SnapshotRecord> latest_snapshot(const World& world, const std::string& user) {
  const auto catalogue = recorded_catalogue(world.state, world.snapshots);
  auto latest = catalogue->latest(user);
  const auto is_persona = [](const domain::SnapshotRecord& record) {
    return std::ranges::find(record.layers, "profile") != record.layers.end();
  };
  if (!latest || is_persona(*latest)) return latest;
  const auto records = catalogue->list(user, snapshots_searched);
  const auto found = std::ranges::find_if(records, is_persona);
  return found == records.end() ? std::nullopt : std::optional(*found);
}

}  // namespace deskloom::operation
