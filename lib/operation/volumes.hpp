#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "operation/world.hpp"

// Persona volumes that are read out of the snapshot store until they are local (SPEC A8). The state store
// says who has one, so that its snapshot stays as long as it is read.
namespace deskloom::operation {

// The snapshot whose volume a user is given: the one that is named, else, since not every capture has a
// volume, their newest that has; the files of `snapshot` come on top. nullopt: no capture has one.
std::optional<std::string> volume_for(const World& world, const std::string& user,
                                      const std::string& snapshot);

// Both are steps. What was written in the last sessions is copied first, so far as that takes no time: at
// most 64 MiB, the newest first.
void attach_volume(const World& world, const domain::Instance& instance, const std::string& snapshot);
// By the pool's mount_volume. Throws Error(guest) with what it said.
void mount_volume(const World& world, const domain::Instance& instance);

// Has the guest read, in the background, what was open at the last captures up to the snapshot, so that it is
// there before its user opens it: at most 64 MiB. Nothing where the pool mounts no volume.
void read_ahead(const World& world, const domain::Instance& instance, const std::string& user,
                const std::string& snapshot);
// The files that were open at these captures, the newest first.
std::vector<std::string> open_lately(const World& world, const std::string& user,
                                     const std::string& snapshot);

// Where a snapshot's volume was written to since the captures before it, the newest first.
std::vector<fleet::ByteRange> written_lately(const World& world, const std::string& user,
                                             const std::string& snapshot, std::uint64_t limit_bytes);

// Whether an instance reads its volume from the store: it cannot be saved to disk then.
bool is_elsewhere(const World& world, const domain::Instance& instance);

struct Localised {
  domain::Instance instance;
  state::Volume volume;
  fleet::VolumeLocality locality;
  std::string error;  // why nothing could be done; empty when something was
};

// Sees to it that volumes become local: of the user, or of the instance of that name, or all. Each is begun,
// or found to be done; a server that has ended is started. That again as long as some are not local and
// goes_on() says so. Takes leases user:NAME, and passes over users whom another command works on. Throws
// Error(not_found) when name is neither's.
std::vector<Localised> localise(const World& world, const std::optional<std::string>& name,
                                const std::function<bool()>& goes_on);
// Those that localise would see to.
std::vector<Localised> not_local(const World& world, const std::optional<std::string>& name);

}  // namespace deskloom::operation
