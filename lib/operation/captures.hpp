#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "domain/records.hpp"
#include "operation/catalogue.hpp"
#include "operation/live_layers.hpp"
#include "operation/world.hpp"
#include "persona/capture.hpp"

namespace deskloom::operation {

// Captures the user's persona from the instance that holds it, and records it in the state store; with the
// volume, too, where that was given out of the store. Throws Error(not_found) when no instance holds it,
// Error(usage) when that instance waits paused or saved, Error(failed) when it is not running.
persona::CaptureResult capture_user(const World& world, const std::string& user, LiveParts parts = {});

struct FileCapture {
  domain::SnapshotRecord record;
  std::uint64_t files_changed = 0;
  std::vector<snapshot::Skipped> skipped;
};

// What of an image changed since a snapshot: the rest is taken over from that unread.
struct ChangedSince {
  std::string snapshot;  // its id
  std::vector<snapshot::DataRange> ranges;
};

// What this machine can see, no instance involved (SPEC A3). At least one of them; each becomes a layer.
struct FileRequest {
  std::string user;
  std::optional<std::filesystem::path> tree;  // a directory: an NFS home, a virtiofs share, a mounted volume
  std::optional<std::filesystem::path> volume;  // a disk that nobody writes to: raw, qcow2, a block device
  std::optional<std::filesystem::path> memory;  // a RAM file
  std::optional<std::filesystem::path> blob;    // any file
  std::vector<std::string> exclude;             // of the tree, as in .gitignore
  snapshot::SpecialFiles special;               // of the tree
  std::optional<ChangedSince> changed;          // of the volume or the memory, whichever there is
};

// Captured against the user's newest snapshot in that store with such a layer: files of a tree that have not
// changed since are not read, pages of a volume or memory that are as they were are not stored.
// Throws Error(usage) when the snapshot of `changed` has no such layer.
FileCapture capture_files(snapshot::Store& store, const Catalogue& catalogue, const FileRequest& request,
                          const base::Clock& clock, base::Progress& progress);

// The user's newest snapshot with such a layer; one that cannot be read is passed over.
std::optional<snapshot::Snapshot> newest_with_layer(const snapshot::Store& store, const Catalogue& catalogue,
                                                    const std::string& user, const std::string& layer);

// The user's newest snapshot that is a persona (has a profile), by recorded_catalogue.
std::optional<domain::SnapshotRecord> latest_snapshot(const World& world, const std::string& user);

}  // namespace deskloom::operation
