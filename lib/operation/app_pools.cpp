#include "operation/app_pools.hpp"

#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"
#include "operation/pool_choice.hpp"
#include "policy/app_persona.hpp"

namespace deskloom::operation {
namespace {

using domain::AppComponent;
using domain::AppPersona;
using domain::AppResources;

constexpr std::string_view own_prefix = "app-";
constexpr std::size_t longest_id = 48;  // names of instances have room for more

// As pods can be called: RFC 1123.
std::string own_name(const AppPersona& persona) {
  std::string name(own_prefix);
  for (const char c : persona.id.substr(0, longest_id)) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    name += is_upper ? static_cast<char>(c - 'A' + 'a') : c == '_' ? '-' : c;
  }
  return name;
}

// Whether the host can hold an instance of the image to its rates, and give it GPUs. What a container reads
// and writes has no limit anywhere, and its network has one only when it is a pod's own on a cluster.
bool can_give(const policy::Host& host, const AppResources& resources, const fleet::Image& image) {
  if (!runs_containers(host)) return true;
  if (resources.storage_bytes_s != 0) return false;
  if (resources.network_bytes_s != 0 && image.container->host_network) return false;
  return host.engine == "kubernetes" || (resources.network_bytes_s == 0 && resources.gpus == 0);
}

[[noreturn]] void refuse_resources(const AppPersona& persona, const AppResources& resources,
                                   const fleet::Image& image) {
  std::vector<std::string> asked;
  if (resources.storage_bytes_s != 0) asked.emplace_back("a storage_rate");
  if (resources.network_bytes_s != 0) asked.emplace_back("a network rate");
  if (resources.gpus != 0) asked.emplace_back("GPUs");
  throw base::Error(base::ErrorKind::usage,
                    "application persona " + persona.id + " asks for " + base::join(asked, " and ") +
                        " for containers of " + image.name + ", which no host can give them",
                    "leave it out of \"resource_profile\", or use a virtual machine; a host with engine = "
                    "\"kubernetes\" gives GPUs, and a network rate with \"network\": \"pod\"");
}

policy::Pool pool_of(const policy::Policy& policy, const AppPersona& persona, const AppResources& resources,
                     const fleet::Image& image) {
  const bool is_container = image.container.has_value();
  policy::Pool pool;
  pool.name = own_name(persona);
  pool.image = image.name;
  pool.vcpus = resources.cpus;
  pool.memory_bytes = resources.memory_bytes;
  pool.network_rate = resources.network_bytes_s;
  pool.storage_rate = resources.storage_bytes_s;
  pool.gpus = resources.gpus;
  pool.max = std::numeric_limits<int>::max();  // as many as are asked for
  bool has_kind = false;
  for (const auto& [name, host] : policy.hosts) {
    if (runs_containers(host) != is_container) continue;
    has_kind = true;
    if (can_give(host, resources, image)) pool.hosts.push_back(name);
  }
  if (!pool.hosts.empty()) return pool;
  if (has_kind) refuse_resources(persona, resources, image);
  throw base::Error(base::ErrorKind::usage,
                    "application persona " + persona.id + " needs " +
                        (is_container ? "containers" : "virtual machines") + " of " + image.name +
                        ", but no host runs them",
                    "describe one in a [host.NAME], with engine = \"" +
                        std::string(is_container ? "podman" : "libvirt") + "\"");
}

std::string image_name(const AppPersona& persona, const AppComponent& component) {
  return component.image.value_or(persona.environment.image);
}

bool is_container(const domain::AppSource& source) {
  return source.kind == domain::AppSource::Kind::container;
}

// whose: "component db of application persona tickets".
void run_reference(fleet::Image& image, const domain::AppSource& source, const std::string& whose,
                   const std::string& hint) {
  if (!image.container) {
    throw base::Error(
        base::ErrorKind::usage,
        whose + " comes from a container image, but image " + image.name + " is of a virtual machine", hint);
  }
  image.container->reference = source.reference;
}

// The persona for which instances are made in a pool that is not policy's.
std::optional<AppPersona> maker_of(const policy::Policy& policy, const std::string& pool) {
  if (!is_own_pool(policy, pool)) return std::nullopt;
  for (auto& persona : policy::load_app_personas(policy.app_persona_dir)) {
    if (own_name(persona) == pool) return std::move(persona);
  }
  return std::nullopt;
}

// Of the container that the image names; empty: it names none, or is not there.
std::string reference_of(const policy::Policy& policy, const std::string& image) {
  try {
    const auto loaded = fleet::load_image(policy.image_dir, image);
    return loaded.container ? loaded.container->reference : "";
  } catch (const base::Error&) {
    return "";
  }
}

// Rates and GPUs of the persona are its desktop's: a container could have them only on some hosts.
AppResources resources_of(const AppPersona& persona, const AppComponent& component,
                          const fleet::Image& image) {
  if (component.resources) return *component.resources;
  if (!image.container) return persona.resources;
  AppResources resources;
  resources.cpus = persona.resources.cpus;
  resources.memory_bytes = persona.resources.memory_bytes;
  return resources;
}

}  // namespace

bool runs_containers(const policy::Host& host) { return host.engine != "libvirt"; }

domain::Allocation asked_for(const AppPersona& persona, const domain::Allocation& has) {
  const AppResources& asked = persona.resources;
  // 0 is "nothing is asked for" there, and "not limited" here.
  const auto rate = [](std::uint64_t wanted, std::uint64_t there) {
    return wanted == 0 || there == 0 ? there : wanted;
  };
  return {asked.cpus, asked.memory_bytes, rate(asked.network_bytes_s, has.network_bytes_s),
          rate(asked.storage_bytes_s, has.storage_bytes_s), asked.gpus};
}

bool runs_as(const policy::Policy& policy, const std::string& pool, const std::string& image,
             const AppPersona& persona) {
  if (image != persona.environment.image) return false;
  const auto maker = maker_of(policy, pool);
  const bool has_own = maker && is_container(maker->source);
  if (!has_own && !is_container(persona.source)) return true;
  const auto named = reference_of(policy, image);
  return (has_own ? maker->source.reference : named) ==
         (is_container(persona.source) ? persona.source.reference : named);
}

fleet::Image desktop_image(const policy::Policy& policy, const AppPersona& persona) {
  auto image = fleet::load_image(policy.image_dir, persona.environment.image);
  if (is_container(persona.source))
    run_reference(image, persona.source, "application persona " + persona.id,
                  "name an image of a container, or say that the application is \"in_image\"");
  return image;
}

fleet::Image instance_image(const policy::Policy& policy, const std::string& pool, const std::string& image) {
  const auto maker = maker_of(policy, pool);
  return maker && maker->environment.image == image ? desktop_image(policy, *maker)
                                                    : fleet::load_image(policy.image_dir, image);
}

std::vector<const policy::Pool*> pools_for(const policy::Policy& policy, const AppPersona& persona,
                                           const std::string& user) {
  std::vector<const policy::Pool*> pools;
  for (const auto& [name, pool] : policy.pools) {
    const bool fits = runs_as(policy, name, pool.image, persona) && serves(pool, user) &&
                      domain::is_within(asked_for(persona, pool.full()), pool.full());
    if (fits) pools.push_back(&pool);
  }
  return pools;
}

policy::Pool own_pool(const policy::Policy& policy, const AppPersona& persona) {
  return pool_of(policy, persona, persona.resources, desktop_image(policy, persona));
}

policy::Pool component_pool(const policy::Policy& policy, const AppPersona& persona,
                            const AppComponent& component) {
  const auto image = component_image(policy, persona, component);
  return pool_of(policy, persona, resources_of(persona, component, image), image);
}

bool is_own_pool(const policy::Policy& policy, const std::string& pool) {
  return pool.starts_with(own_prefix) && !policy.pools.contains(pool);
}

fleet::Image component_image(const policy::Policy& policy, const AppPersona& persona,
                             const AppComponent& component) {
  fleet::Image image;
  if (is_container(component.source) && !component.image) {
    image.name = component.source.reference;
    image.container =
        fleet::ContainerImage{component.source.reference, {}, persona.environment.network == "host", {}};
  } else {
    image = fleet::load_image(policy.image_dir, image_name(persona, component));
    if (is_container(component.source))
      run_reference(image, component.source,
                    "component " + component.name + " of application persona " + persona.id,
                    "leave out its \"image\", or name one of a container");
  }
  if (image.container && !component.command.empty()) image.container->command = component.command;
  return image;
}

}  // namespace deskloom::operation
