#pragma once

#include <memory>
#include <optional>
#include <string>

#include "domain/instance.hpp"
#include "operation/catalogue.hpp"
#include "operation/world.hpp"

namespace deskloom::operation {

// What of a running instance is captured beside profile and tree.
struct LiveParts {
  bool volume = false;  // the persona disk
  bool memory = false;  // memory and state of its processors and devices
};

// Puts these into a snapshot being written, from an instance that goes on meanwhile (SPEC A3). Memory and
// volume are not of the same moment: the memory alone can be inspected, or resumed over disks that nobody
// wrote to since.
class LiveLayers {
 public:
  LiveLayers(const World& world, fleet::Runtime& runtime, const domain::Instance& instance, LiveParts parts)
      : world_(world), runtime_(runtime), instance_(instance), parts_(parts) {}

  // Layers "memory" and "machine", and "volume": only the blocks that changed since the last one of this
  // instance, where QEMU knows them. What is returned belongs into the manifest's metadata, as "volume" and
  // "memory": how it was read, and for how long the guest stood still.
  base::Json put(snapshot::Writer& writer);
  // The snapshot is durable: the next capture can go on from it.
  void keep();

 private:
  void put_memory(snapshot::Writer& writer, base::Json& metadata);
  void put_volume(snapshot::Writer& writer, base::Json& metadata);
  // The newest snapshot of the user with such a layer.
  std::optional<snapshot::Snapshot> previous(const std::string& layer) const;

  const World& world_;
  fleet::Runtime& runtime_;
  const domain::Instance& instance_;
  LiveParts parts_;
  std::unique_ptr<fleet::VolumeReading> volume_;
};

}  // namespace deskloom::operation
