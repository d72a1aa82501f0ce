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
  std::optional<std::string> volume;  // the snapshot whose volume was attached just now
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

// The snapshot whose volume apply_to would attach. Throws Error(usage) when it must and there is none.
std::optional<std::string> volume_to_attach(const World& world, const std::string& user,
                                            const std::string& instance, const std::string& snapshot,
                                            bool attaches);

// Gives a snapshot's persona to a named warm instance. attaches: its volume too, whatever the pool says; else
// as the pool says. Throws Error(locked) when it is not warm, Error(usage) when there is no volume to attach.
AssignResult apply_to(const World& world, const std::string& user, const std::string& instance,
                      const std::string& snapshot, bool attaches);

}  // namespace deskloom::operation
