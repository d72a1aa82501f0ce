#pragma once

#include <string>

#include "operation/app_wiring.hpp"

// One component of an application (SPEC F1). Each of these can be called again after it was cut off.
namespace deskloom::operation {

// Makes the component's instance on the host that is recorded, unless it serves there already and is not
// recorded as dead, starts its program, and waits until it is well. An instance that was left half made is
// made anew. Throws Error(guest) when it ends, or is not well in time, and as provisioning does.
void start_part(const World& world, std::int64_t session, const std::string& component);

// Its instance is gone after, and so is the part.
void end_part(const World& world, const domain::AppPart& part);

struct PartLook {
  bool is_well = false;
  std::string complaint;
};
// One look by its health check. Throws Error(host_unreachable): that is its host's trouble.
PartLook look_at_part(const World& world, const domain::AppComponent& component,
                      const domain::Instance& instance);

// Writes the file of the environment anew, in every component that is there, and in the user's
// desktop unless that waits.
void tell_parts(const World& world, const AppWhole& whole);

}  // namespace deskloom::operation
