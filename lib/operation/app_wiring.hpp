#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/app_persona.hpp"
#include "domain/app_session.hpp"
#include "fleet/runtime.hpp"
#include "operation/world.hpp"

// How the components of an application find each other (SPEC F1).
namespace deskloom::operation {

// A session of a persona with components, as it began.
struct AppWhole {
  domain::AppSession session;
  domain::AppPersona persona;
  std::vector<domain::AppPart> parts;

  const domain::AppComponent& component(const std::string& name) const;  // throws Error(failed)
};
// Throws Error(failed) when there is no such session, or it has no persona.
AppWhole app_whole(const World& world, std::int64_t session);

using Environment = std::map<std::string, std::string>;

// What an instance of the application is told: DESKLOOM_APP, for each other component that is found
// NAME_SERVICE_HOST and, where it serves, NAME_SERVICE_PORT (as Kubernetes does), and what the component's
// own "env" says. component: nullptr for the user's desktop.
Environment environment_of(const World& world, const AppWhole& whole, const domain::AppComponent* component,
                           const domain::Instance& viewer);

// What an instance is made as; nullopt: it is no component's.
struct ComponentLooks {
  fleet::Image image;
  Environment environment;
};
std::optional<ComponentLooks> looks_of_component(const World& world, const domain::Instance& instance);

// Where guests and containers find the same, line by line, for a shell to read.
inline constexpr const char* environment_file = "/etc/deskloom/components.env";
void write_environment(const World& world, const domain::Instance& instance, const Environment& environment);
// argv, with what stands in that file in its environment.
std::vector<std::string> with_environment(const std::vector<std::string>& argv);

// What is recorded of an instance's address in AppPart::address.
std::string recorded_address(const fleet::Address& address);

}  // namespace deskloom::operation
