#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/app_persona.hpp"
#include "fleet/image.hpp"
#include "policy/policy.hpp"

// What instances of application personas are made as.
namespace deskloom::operation {

// What the persona asks for, where has is what there is: a rate that it says nothing of is as there.
domain::Allocation asked_for(const domain::AppPersona& persona, const domain::Allocation& has);

// Pools of policy whose instances have the image and at least the resources that the persona asks for, and
// that serve the user; in the order of their names.
std::vector<const policy::Pool*> pools_for(const policy::Policy& policy, const domain::AppPersona& persona,
                                           const std::string& user);

// A pool that is not policy's: instances of the persona, or of a component, are made in it one by one, each
// for one session. It names the hosts that can. Of the persona's resources, a component without its own gets
// all as a virtual machine, processors and memory as a container. Throws Error(usage) when no host runs the
// like of its image, or none of these can give it what is asked for.
policy::Pool own_pool(const policy::Policy& policy, const domain::AppPersona& persona);
policy::Pool component_pool(const policy::Policy& policy, const domain::AppPersona& persona,
                            const domain::AppComponent& component);
bool is_own_pool(const policy::Policy& policy, const std::string& pool);

// What the component runs. Throws as fleet::load_image, Error(usage) when a virtual machine is to run a
// container's image.
fleet::Image component_image(const policy::Policy& policy, const domain::AppPersona& persona,
                             const domain::AppComponent& component);

// "podman" and "kubernetes" run containers, all else virtual machines.
bool runs_containers(const policy::Host& host);

}  // namespace deskloom::operation
