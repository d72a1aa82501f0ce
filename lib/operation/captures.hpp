#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "domain/records.hpp"
#include "operation/catalogue.hpp"
#include "operation/world.hpp"
#include "persona/capture.hpp"

namespace deskloom::operation {

// Captures the user's persona from the instance that holds it, and records it in the state store.
// Throws Error(not_found) when no instance holds it, Error(failed) when that instance is not running.
persona::CaptureResult capture_user(const World& world, const std::string& user);

struct TreeCapture {
  domain::SnapshotRecord record;
  std::uint64_t files_changed = 0;
  std::vector<snapshot::Skipped> skipped;
};

struct TreeRequest {
  std::string user;
  std::filesystem::path directory;
  std::vector<std::string> exclude;  // as in .gitignore
};

// Captures a directory of this machine as the user's files, no instance involved (SPEC A3: an NFS home, a
// virtiofs share, a mounted volume). What has not changed since the user's newest snapshot in that store is
// not read.
TreeCapture capture_tree(snapshot::Store& store, const Catalogue& catalogue, const TreeRequest& request,
                         const base::Clock& clock, base::Progress& progress);

// The user's newest snapshot, by recorded_catalogue.
std::optional<domain::SnapshotRecord> latest_snapshot(const World& world, const std::string& user);

}  // namespace deskloom::operation
