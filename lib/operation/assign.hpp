#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/instance.hpp"
#include "fleet/runtime.hpp"
#include "operation/handing.hpp"
#include "operation/world.hpp"
#include "persona/apply.hpp"

namespace deskloom::operation {

enum class AssignAction { reconnected, reestablished, inflated, stitched, provisioned_and_stitched };
std::string_view to_string(AssignAction action);

struct AssignRequest {
  std::string user;
  std::optional<std::string> pool;      // default: the first pool, by name, that serves the user
  std::optional<std::string> snapshot;  // default: the newest of the user
  // Goes before pool, and need not be one of policy's.
  const policy::Pool* own_pool = nullptr;
  Prepare on_reserved{};  // called with the instance, before it is given anything
};

struct AssignResult {
  domain::Instance instance;
  AssignAction action = AssignAction::stitched;
  std::optional<std::string> snapshot;
  persona::ApplyResult applied;
  std::optional<fleet::Display> display;
  std::int64_t elapsed_ms = 0;
  // How long instances of its pool take from nothing, in the median of what was measured (SPEC C3).
  std::optional<std::int64_t> cold_boot_ms;
  bool is_full = true;  // it has all that it is meant to have
  std::vector<std::string> notes;
};

// SPEC B2. The caller holds the lease user:NAME; the state store's unique index is the last line of defence.
AssignResult assign(const World& world, const AssignRequest& request);

// What assign would do now, without doing it.
struct AssignForecast {
  AssignAction action = AssignAction::stitched;
  std::optional<std::string> instance;  // nullopt: one is still to be made
  std::string reason;
};
AssignForecast forecast_assign(const World& world, const AssignRequest& request);

// Gives a snapshot's persona to a named warm instance. Throws Error(locked) when it is not warm.
AssignResult apply_to(const World& world, const std::string& user, const std::string& instance,
                      const std::string& snapshot);

}  // namespace deskloom::operation
