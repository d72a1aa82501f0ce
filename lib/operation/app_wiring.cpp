#include "operation/app_wiring.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/host_address.hpp"
#include "operation/app_pools.hpp"
#include "policy/app_persona.hpp"

namespace deskloom::operation {
namespace {

using domain::AppComponent;
using domain::AppPart;

constexpr const char* on_hosts_network = "host";
// As QEMU's user network shows a guest the machine it runs on.
constexpr const char* host_of_user_network = "10.0.2.2";
constexpr std::chrono::seconds write_patience{20};

// "front-end.2" → "FRONT_END_2".
std::string variable_of(const std::string& name) {
  std::string variable;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_lower = c >= 'a' && c <= 'z';
    const bool is_digit = c >= '0' && c <= '9';
    variable += is_lower ? static_cast<char>(c - 'a' + 'A') : is_letter || is_digit ? c : '_';
  }
  return variable;
}

// Podman, and libvirt by a URI that names no other machine.
bool is_this_machine(const policy::Host& host) {
  return host.engine == "podman" ||
         (host.engine == "libvirt" && (host.uri == "embedded" || host.uri.find(":///") != std::string::npos));
}

bool has_hosts_network(const World& world, const domain::Instance& viewer) {
  const auto part = world.state.app_parts.of_instance(viewer.name);
  if (!part) return fleet::load_image(world.policy.image_dir, viewer.image).container->host_network;
  const auto whole = app_whole(world, part->session);
  return component_image(world.policy, whole.persona, whole.component(part->component))
      .container->host_network;
}

// How the viewer finds what serves on this machine itself.
std::string this_machine_for(const World& world, const domain::Instance& viewer) {
  const auto& host = world.policy.host(viewer.host);
  if (is_this_machine(host)) {
    if (!runs_containers(host) && host.network == "user") return host_of_user_network;
    if (runs_containers(host) && has_hosts_network(world, viewer)) return "127.0.0.1";
  }
  return base::host_address().value_or("");
}

// Empty: the viewer does not find it.
std::string found_at(const World& world, const AppPart& part, const domain::Instance& viewer) {
  return part.address == on_hosts_network ? this_machine_for(world, viewer) : part.address;
}

// For a shell: nothing in it is special between single quotes but these.
std::string quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

const AppComponent& AppWhole::component(const std::string& name) const {
  const auto found = std::ranges::find(persona.components, name, &AppComponent::name);
  if (found != persona.components.end()) return *found;
  throw base::Error(base::ErrorKind::failed, "application persona " + persona.id + " has no component " +
                                                 name + ", but a session of it has");
}

AppWhole app_whole(const World& world, std::int64_t id) {
  const auto session = world.state.apps.find(id);
  const auto persona =
      session && session->document ? policy::read_app_persona(*session->document).persona : std::nullopt;
  if (!persona) {
    throw base::Error(base::ErrorKind::failed,
                      "application session " + std::to_string(id) + " has no persona that can be read");
  }
  return {*session, *persona, world.state.app_parts.of(id)};
}

Environment environment_of(const World& world, const AppWhole& whole, const AppComponent* component,
                           const domain::Instance& viewer) {
  Environment environment{{"DESKLOOM_APP", whole.session.app}};
  for (const AppPart& part : whole.parts) {
    if (component != nullptr && part.component == component->name) continue;
    const auto address = found_at(world, part, viewer);
    if (address.empty()) continue;
    const std::string service = variable_of(part.component) + "_SERVICE_";
    environment[service + "HOST"] = address;
    const auto& ports = whole.component(part.component).ports;
    if (!ports.empty()) environment[service + "PORT"] = std::to_string(ports.front());
  }
  if (component == nullptr) return environment;
  environment["DESKLOOM_COMPONENT"] = component->name;
  for (const auto& [name, value] : component->env) environment[name] = value;
  return environment;
}

std::optional<ComponentLooks> looks_of_component(const World& world, const domain::Instance& instance) {
  const auto part = world.state.app_parts.of_instance(instance.name);
  if (!part) return std::nullopt;
  const auto whole = app_whole(world, part->session);
  const AppComponent& component = whole.component(part->component);
  return ComponentLooks{component_image(world.policy, whole.persona, component),
                        environment_of(world, whole, &component, instance)};
}

void write_environment(const World& world, const domain::Instance& instance, const Environment& environment) {
  std::string content;
  for (const auto& [name, value] : environment) content += name + "=" + quoted(value) + "\n";
  auto& runtime = world.host(instance.host);
  const std::filesystem::path file = environment_file;
  runtime.exec(instance.name, {"/bin/sh", "-c", "mkdir -p \"$1\"", "sh", file.parent_path()}, write_patience);
  // Who reads meanwhile reads the one or the other.
  const std::string fresh = std::string(environment_file) + ".new";
  runtime.write_file(instance.name, fresh, content);
  const auto moved = runtime.exec(
      instance.name, {"/bin/sh", "-c", "mv -f \"$1\" \"$2\"", "sh", fresh, environment_file}, write_patience);
  if (moved.exit_code == 0) return;
  throw base::Error(base::ErrorKind::guest,
                    "instance " + instance.name + ": cannot write " + environment_file + ": " + moved.err);
}

std::vector<std::string> with_environment(const std::vector<std::string>& argv) {
  std::vector<std::string> wrapped{"/bin/sh", "-c",
                                   "set -a; . " + std::string(environment_file) + "; exec \"$@\"", "sh"};
  wrapped.insert(wrapped.end(), argv.begin(), argv.end());
  return wrapped;
}

std::string recorded_address(const fleet::Address& address) {
  return address.is_hosts_network ? on_hosts_network : address.ip;
}

}  // namespace deskloom::operation
