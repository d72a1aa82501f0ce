#pragma once

#include <optional>
#include <string>

#include "domain/records.hpp"
#include "operation/world.hpp"
#include "persona/capture.hpp"

namespace deskloom::operation {

// Captures the user's persona from the instance that holds it, and records it in the state store.
// Throws Error(not_found) when no instance holds it, Error(failed) when that instance is not running.
persona::CaptureResult capture_user(const World& world, const std::string& user);

// The user's newest snapshot. First takes into the state store what a killed capture had committed to the
// snapshot store but not recorded.
std::optional<domain::SnapshotRecord> latest_snapshot(const World& world, const std::string& user);

}  // namespace deskloom::operation
