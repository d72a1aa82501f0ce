#include "fleet/container/pod_manifest.hpp"

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "fleet/spec.hpp"

namespace deskloom::fleet {
namespace {

using base::Json;

// Image names of this registry are of the machine itself: there is nothing to pull them from.
constexpr std::string_view local_registry = "localhost/";
// As Kubernetes' device plugin of NVIDIA names them.
constexpr const char* gpu_resource = "nvidia.com/gpu";

bool is_pod_name(const std::string& name) {
  constexpr std::string_view ends = "abcdefghijklmnopqrstuvwxyz0123456789";
  return ends.find(name.front()) != ends.npos && ends.find(name.back()) != ends.npos &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos;
}

void check_rates(const InstanceSpec& spec) {
  const bool has_storage_rate = spec.allocation.storage_bytes_s != 0;
  const bool has_network_rate = spec.allocation.network_bytes_s != 0 && spec.image.container->host_network;
  if (!has_storage_rate && !has_network_rate) return;
  throw base::Error(
      base::ErrorKind::usage,
      "instance " + spec.name + " is a container: " +
          (has_storage_rate ? "what it reads and writes" : "its network, which is its host's,") +
          " cannot be limited",
      has_storage_rate ? "leave out its storage rate, or use a virtual machine"
                       : "leave out its network rate, or set \"network\": \"pod\" in its image");
}

void check_container_spec(const InstanceSpec& spec) {
  check_allocation(spec);
  if (!is_pod_name(spec.name)) {
    throw base::Error(base::ErrorKind::usage, "instance " + spec.name + ": not a name that a pod can have",
                      "name its pool with lower-case letters, digits, '-' and '.' alone");
  }
  if (!spec.image.container) {
    throw base::Error(
        base::ErrorKind::usage,
        "instance " + spec.name + ": image " + spec.image.name + " is of a virtual machine, not a container",
        "use an image of a container (scripts/build-guest --container), or a host with engine = \"libvirt\"");
  }
  check_rates(spec);
}

Json labels(const InstanceSpec& spec) {
  Json labels{{managed_by_label, managed_by_us},
              {instance_label, spec.name},
              {home_label, home_of(spec.directory.parent_path())}};
  if (const auto& display = spec.image.container->display)
    labels[display_label] = display->protocol + "-" + std::to_string(display->port);
  return labels;
}

// Limits and requests are one: what an instance is given is its own, on Kubernetes the class "Guaranteed".
// GPUs cannot be given to a pod that runs: it has those of its use from the beginning.
Json resources(const InstanceSpec& spec) {
  Json amounts{{"cpu", std::to_string(spec.allocation.vcpus)},
               {"memory", std::to_string(spec.allocation.memory_bytes)}};
  if (spec.full.gpus != 0) amounts[gpu_resource] = std::to_string(spec.full.gpus);
  return {{"limits", amounts}, {"requests", amounts}};
}

Json metadata(const InstanceSpec& spec) {
  Json metadata{{"name", spec.name}, {"labels", labels(spec)}};
  const auto rate = spec.allocation.network_bytes_s;
  if (rate == 0) return metadata;
  for (const char* annotation : {ingress_annotation, egress_annotation})
    metadata["annotations"][annotation] = std::to_string(rate * bits_per_byte);
  return metadata;
}

Json environment(const InstanceSpec& spec) {
  Json environment = Json::array({{{"name", "DESKLOOM_INSTANCE"}, {"value", spec.name}}});
  for (const auto& [name, value] : spec.environment)
    environment.push_back({{"name", name}, {"value", value}});
  return environment;
}

Json container(const InstanceSpec& spec) {
  const auto& image = *spec.image.container;
  Json container{{"name", container_name},
                 {"image", image.reference},
                 {"imagePullPolicy", is_pulled(image.reference) ? "IfNotPresent" : "Never"},
                 {"env", environment(spec)},
                 {"resources", resources(spec)}};
  if (!image.command.empty()) container["command"] = image.command;
  return container;
}

}  // namespace

std::string home_of(const std::filesystem::path& instance_dir) {
  constexpr std::size_t label_bytes = 16;  // a label has at most 63 characters
  const auto path = instance_dir.lexically_normal().string();
  return base::hex_of(base::sha256(std::as_bytes(std::span(path)))).substr(0, 2 * label_bytes);
}

bool is_pulled(const std::string& image_reference) { return !image_reference.starts_with(local_registry); }

Json pod_manifest(const InstanceSpec& spec) {
  check_container_spec(spec);
  Json pod{{"restartPolicy", "Never"},
           {"hostNetwork", spec.image.container->host_network},
           // A user's desktop has no business with the cluster's API.
           {"automountServiceAccountToken", false},
           {"enableServiceLinks", false},
           {"containers", Json::array({container(spec)})}};
  return {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", metadata(spec)}, {"spec", std::move(pod)}};
}

}  // namespace deskloom::fleet
