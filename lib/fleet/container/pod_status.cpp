#include "fleet/container/pod_status.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "fleet/container/pod_manifest.hpp"
#include "fleet/container/quantity.hpp"

namespace deskloom::fleet {
namespace {

using base::Json;

constexpr std::size_t max_detail = 300;
constexpr double max_cpus = 0x1p16;  // of one node
constexpr double max_memory_bytes = 0x1p50;
constexpr double max_bits_s = 0x1p50;

[[noreturn]] void refuse(const std::string& program, const std::string& wanted) {
  throw base::Error(base::ErrorKind::failed, program + " did not print " + wanted,
                    "is its version one that Deskloom knows? See deskloom-host(1)");
}

Json parse(std::string_view text, const std::string& program) {
  try {
    return base::parse_json(text, program);
  } catch (const base::Error&) {
    refuse(program, "JSON");
  }
}

// The member, when it is there and an object is what holds it; else null.
const Json& member(const Json& object, const std::string& key) {
  static const Json none;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? none : *found;
}

std::string text_of(const Json& object, const std::string& key) {
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

// "vnc-5900", as pod_manifest labels it.
std::optional<Display> display_of(const std::string& label) {
  const auto dash = label.find('-');
  if (dash == std::string::npos) return std::nullopt;
  Display display{label.substr(0, dash), "", 0};
  const char* end = label.data() + label.size();
  const auto [stopped, error] = std::from_chars(label.data() + dash + 1, end, display.port);
  const bool good = error == std::errc() && stopped == end && display.port > 0 && display.port <= 65535;
  return good ? std::optional(display) : std::nullopt;
}

PodStatus labelled(const std::string& name, const Json& labels) {
  PodStatus pod;
  pod.name = name;
  pod.is_ours = text_of(labels, managed_by_label) == managed_by_us && text_of(labels, instance_label) == name;
  pod.home = text_of(labels, home_label);
  pod.display = display_of(text_of(labels, display_label));
  return pod;
}

std::uint64_t amount(const Json& amounts, const std::string& key, double most) {
  return static_cast<std::uint64_t>(std::min(parse_quantity(text_of(amounts, key)).value_or(0), most));
}

PodPhase podman_phase(const std::string& status) {
  if (status == "running" || status == "stopping") return PodPhase::running;
  if (status == "paused") return PodPhase::paused;
  return status == "exited" || status == "stopped" ? PodPhase::ended : PodPhase::waiting;
}

PodStatus podman_pod(const Json& json) {
  const std::string name = text_of(json, "Name");
  if (name.empty()) refuse("podman", "a list of pods");
  PodStatus pod = labelled(name, member(json, "Labels"));
  const Json& containers = member(json, "Containers");
  if (!containers.is_array()) return pod;
  for (const Json& container : containers) {
    if (text_of(container, "Names") == name + "-" + container_name)
      pod.phase = podman_phase(text_of(container, "Status"));
  }
  return pod;
}

std::string explain(const Json& state) {
  const std::string reason = text_of(state, "reason");
  const std::string message = text_of(state, "message");
  const std::string both = reason.empty() || message.empty() ? reason + message : reason + ": " + message;
  return base::printable(both).substr(0, max_detail);
}

// Of the reasons for which a container waits, those that the cluster does not get over by itself soon.
bool is_hopeless(const std::string& reason) {
  constexpr std::array reasons{"ErrImageNeverPull", "ErrImagePull",         "ImagePullBackOff",
                               "InvalidImageName",  "ImageInspectError",    "CreateContainerConfigError",
                               "RunContainerError", "CreateContainerError", "CrashLoopBackOff"};
  return std::ranges::find(reasons, reason) != reasons.end();
}

void read_container_state(const Json& state, PodStatus& pod) {
  const Json& waiting = member(state, "waiting");
  const Json& ended = member(state, "terminated");
  if (waiting.is_object()) {
    pod.detail = explain(waiting);
    pod.is_hopeless = is_hopeless(text_of(waiting, "reason"));
  } else if (ended.is_object()) {
    const Json& code = member(ended, "exitCode");
    pod.phase = PodPhase::ended;
    pod.detail = "exit code " + (code.is_number_integer() ? code.dump() : "unknown") + ", " + explain(ended);
  }
}

// Why no node has been found for it.
void read_conditions(const Json& conditions, PodStatus& pod) {
  if (!conditions.is_array() || !pod.detail.empty()) return;
  for (const Json& condition : conditions) {
    if (text_of(condition, "status") == "False" && text_of(condition, "type") == "PodScheduled")
      pod.detail = explain(condition);
  }
}

PodPhase kubernetes_phase(const Json& json) {
  const std::string phase = text_of(member(json, "status"), "phase");
  if (phase == "Succeeded" || phase == "Failed") return PodPhase::ended;
  const bool is_leaving = member(member(json, "metadata"), "deletionTimestamp").is_string();
  return phase == "Running" && !is_leaving ? PodPhase::running : PodPhase::waiting;
}

PodStatus kubectl_pod(const Json& json) {
  const Json& metadata = member(json, "metadata");
  const Json& status = member(json, "status");
  const std::string name = text_of(metadata, "name");
  if (name.empty() || text_of(json, "kind") != "Pod") refuse("kubectl", "a list of pods");
  PodStatus pod = labelled(name, member(metadata, "labels"));
  pod.phase = kubernetes_phase(json);
  pod.address = text_of(status, "podIP");
  pod.network_bytes_s =
      amount(member(metadata, "annotations"), ingress_annotation, max_bits_s) / bits_per_byte;
  const Json& containers = member(status, "containerStatuses");
  if (containers.is_array() && !containers.empty())
    read_container_state(member(containers.front(), "state"), pod);
  if (pod.detail.empty()) pod.detail = explain(status);
  read_conditions(member(status, "conditions"), pod);
  return pod;
}

std::uint64_t number_of(const Json& object, const std::string& key) {
  const Json& value = member(object, key);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

}  // namespace

std::vector<PodStatus> parse_podman_pods(std::string_view text) {
  const Json json = parse(text, "podman");
  if (!json.is_array()) refuse("podman", "a list of pods");
  std::vector<PodStatus> pods;
  for (const Json& pod : json) pods.push_back(podman_pod(pod));
  return pods;
}

std::vector<PodStatus> parse_kubectl_pods(std::string_view text) {
  if (text.find_first_not_of(" \n") == std::string_view::npos) return {};
  const Json json = parse(text, "kubectl");
  if (text_of(json, "kind") == "Pod") return {kubectl_pod(json)};
  const Json& items = member(json, "items");
  if (!items.is_array()) refuse("kubectl", "a list of pods");
  std::vector<PodStatus> pods;
  for (const Json& pod : items) pods.push_back(kubectl_pod(pod));
  return pods;
}

HostFacts parse_podman_info(std::string_view text) {
  const Json json = parse(text, "podman");
  const std::string version = text_of(member(json, "version"), "Version");
  const Json& host = member(json, "host");
  if (version.empty() || !host.is_object()) refuse("podman", "what it is");
  HostFacts facts;
  facts.hypervisor = "Podman " + base::printable(version);
  facts.cpus = static_cast<std::uint32_t>(number_of(host, "cpus"));
  facts.memory_bytes = number_of(host, "memTotal");
  return facts;
}

HostFacts parse_cluster(std::string_view version, std::string_view nodes) {
  const Json json = parse(version, "kubectl");
  const std::string server = text_of(member(json, "serverVersion"), "gitVersion");
  if (server.empty()) refuse("kubectl", "the cluster's version");
  HostFacts facts;
  facts.hypervisor = "Kubernetes " + base::printable(server);
  if (nodes.empty()) return facts;
  const Json list = parse(nodes, "kubectl");
  const Json& items = member(list, "items");
  if (!items.is_array()) refuse("kubectl", "a list of nodes");
  for (const Json& node : items) {
    const Json& amounts = member(member(node, "status"), "allocatable");
    facts.cpus += static_cast<std::uint32_t>(amount(amounts, "cpu", max_cpus));
    facts.memory_bytes += amount(amounts, "memory", max_memory_bytes);
  }
  return facts;
}

}  // namespace deskloom::fleet
