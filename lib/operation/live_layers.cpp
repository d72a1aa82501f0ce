#include "operation/live_layers.hpp"

#include <algorithm>

#include "base/stream.hpp"
#include "operation/captures.hpp"
#include "operation/images.hpp"
#include "operation/provision.hpp"

namespace deskloom::operation {
namespace {

// A file that is gone with its name's owner.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::filesystem::path path) : path_(std::move(path)) { remove(); }
  ~TemporaryFile() { remove(); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  void remove() const {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  std::filesystem::path path_;
};

const snapshot::Layer* layer_of(const std::optional<snapshot::Snapshot>& snapshot, const std::string& name) {
  return snapshot ? snapshot->layer(name) : nullptr;
}

// The checkpoint that a snapshot's volume left in this instance; empty when it is of another one.
std::string checkpoint_of(const std::optional<snapshot::Snapshot>& snapshot, const std::string& instance) {
  if (!snapshot || snapshot->metadata.value("instance", "") != instance) return {};
  return snapshot->metadata.value("volume", base::Json::object()).value("checkpoint", "");
}

}  // namespace

std::optional<snapshot::Snapshot> LiveLayers::previous(const std::string& layer) const {
  return newest_with_layer(world_.snapshots(), *recorded_catalogue(world_.state, world_.snapshots),
                           *instance_.user, layer);
}

base::Json LiveLayers::put(snapshot::Writer& writer) {
  base::Json metadata = base::Json::object();
  // Not the other way round: no memory is saved while a volume is read.
  if (parts_.memory) put_memory(writer, metadata);
  if (parts_.volume) put_volume(writer, metadata);
  return metadata;
}

void LiveLayers::put_memory(snapshot::Writer& writer, base::Json& metadata) {
  const auto before = previous("memory");
  const TemporaryFile file(instance_directory(world_.policy, instance_) / "memory.saved");
  const auto facts = runtime_.save_memory(instance_.name, {file.path()});
  const auto memory = open_memory_image(file.path());
  writer.put_image("memory", *memory.pages, layer_of(before, "memory"));
  base::TextSource rest(memory.rest.value_or(""));
  writer.put_stream(machine_layer, rest, layer_of(before, machine_layer));
  metadata["memory"] = {{"paused_ms", facts.paused_ms}, {"total_ms", facts.total_ms}};
}

void LiveLayers::put_volume(snapshot::Writer& writer, base::Json& metadata) {
  const auto before = previous("volume");
  const std::string checkpoint = "deskloom-" + world_.random.hex(16);
  volume_ =
      runtime_.open_volume(instance_.name, {"persona", checkpoint_of(before, instance_.name), checkpoint});
  const auto image = image_of(*volume_);
  writer.put_image("volume", *image, layer_of(before, "volume"));
  const auto& facts = volume_->facts();
  metadata["volume"] = {{"checkpoint", checkpoint},
                        {"mode", facts.mode},
                        {"frozen", facts.frozen},
                        {"not_frozen", facts.not_frozen},
                        {"frozen_ms", facts.frozen_ms}};
}

void LiveLayers::keep() {
  if (!volume_) return;
  volume_->keep_checkpoint();
  volume_.reset();
}

}  // namespace deskloom::operation
