#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "domain/records.hpp"
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

// Captures a directory of this machine as the user's files, no instance involved (SPEC A3: an NFS home, a
// virtiofs share, a mounted volume). What has not changed since the user's newest snapshot is not read.
TreeCapture capture_tree(const World& world, const std::string& user, const std::filesystem::path& directory);

// The user's newest snapshot. First takes into the state store what a killed capture had committed to the
// snapshot store but not recorded.
std::optional<domain::SnapshotRecord> latest_snapshot(const World& world, const std::string& user);

}  // namespace deskloom::operation
