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

// Whether instances of the pool and the image run what the persona comes from: its image and, where it names
// a container, that one.
bool runs_as(const policy::Policy& policy, const std::string& pool, const std::string& image,
             const domain::AppPersona& persona);

// What a desktop that is made for the persona runs: the container that it names takes the place of its
// image's. Throws as fleet::load_image, Error(usage) when that image is of a virtual machine.
fleet::Image desktop_image(const policy::Policy& policy, const domain::AppPersona& persona);

// What a desktop of the pool runs, which need not be policy's. Throws as desktop_image.
fleet::Image instance_image(const policy::Policy& policy, const std::string& pool, const std::string& image);

// Pools of policy whose instances run what the persona comes from, with at least the resources that it asks
// for, and that serve the user; in the order of their names.
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
