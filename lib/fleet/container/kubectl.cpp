#include "fleet/container/kubectl.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "fleet/container/pod_manifest.hpp"

namespace deskloom::fleet {
namespace {

using base::Json;

constexpr const char* lines_of_log = "--tail=5";
// How long kubectl waits for a pod to be gone; it is told to end at once.
constexpr const char* removal_limit = "--timeout=60s";
constexpr std::chrono::milliseconds removal_timeout{90'000};

std::vector<std::string> kubectl_command(const HostTarget& target) {
  std::vector<std::string> command{"kubectl"};
  if (target.context) command.insert(command.end(), {"--context", *target.context});
  if (target.kube_namespace) command.insert(command.end(), {"--namespace", *target.kube_namespace});
  return command;
}

[[noreturn]] void refuse_pause(const std::string& name) {
  throw base::Error(base::ErrorKind::usage, "instance " + name + ": Kubernetes cannot pause a pod",
                    "use Podman or a virtual machine where that is needed");
}

}  // namespace

KubectlRuntime::KubectlRuntime(const HostTarget& target)
    : ContainerRuntime(Tool(target.name, kubectl_command(target), "kubernetes-client")) {}

HostFacts KubectlRuntime::probe() {
  const std::string version = tool().ask("cannot ask the cluster", {"version", "--output", "json"});
  // Who may run pods in a namespace may often not look at nodes.
  const auto nodes = tool().run({"get", "nodes", "--output", "json"});
  auto facts = parse_cluster(version, nodes.exit_code == 0 ? nodes.out : "");
  facts.accelerator = "none";
  facts.accelerator_reason = "containers run on the nodes' own processors";
  return facts;
}

std::vector<PodStatus> KubectlRuntime::pods() {
  const std::string ours = std::string(managed_by_label) + "=" + managed_by_us;
  return parse_kubectl_pods(
      tool().must("cannot list pods", {"get", "pods", "--selector", ours, "--output", "json"}));
}

std::optional<PodStatus> KubectlRuntime::find(const std::string& name) {
  auto found = parse_kubectl_pods(tool().must(
      "cannot look for pod " + name, {"get", "pod", name, "--ignore-not-found", "--output", "json"}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

void KubectlRuntime::apply(const InstanceSpec& spec, const std::string& manifest) {
  base::ProcessOptions options;
  options.input = manifest;
  tool().must("cannot start instance " + spec.name, {"apply", "--filename", "-"}, options);
}

void KubectlRuntime::remove(const std::string& name) {
  base::ProcessOptions options;
  options.timeout = removal_timeout;
  tool().must("cannot remove instance " + name,
              {"delete", "pod", name, "--ignore-not-found", "--now", "--wait=true", removal_limit}, options);
}

std::vector<std::string> KubectlRuntime::exec_arguments(const std::string& name) const {
  return {"exec", "--stdin", name, "--container", container_name, "--"};
}

// kubectl ends with 1 for failures of its own, and with the program's code when it ran: then it says
// "command terminated with exit code".
bool KubectlRuntime::is_engine_failure(const base::ProcessResult& result) const {
  return result.err.find("command terminated with exit code") == std::string::npos;
}

std::string KubectlRuntime::log_tail(const std::string& name) {
  const auto log = tool().run({"logs", name, "--container", container_name, lines_of_log});
  return last_words(log.exit_code == 0 ? log.out : "");
}

void KubectlRuntime::suspend(const std::string& name) { refuse_pause(name); }

void KubectlRuntime::resume(const std::string& name) { refuse_pause(name); }

void KubectlRuntime::set_network_limit(const std::string& name, std::uint64_t bytes_s) {
  const auto pod = find(name);
  if (pod && pod->network_bytes_s == bytes_s) return;
  throw base::Error(base::ErrorKind::usage,
                    "instance " + name + ": the network rate of a pod that runs cannot be changed",
                    "leave out 'minimal_network_rate' in its pool");
}

void KubectlRuntime::resize(const std::string& name, const std::string& resource,
                            const std::string& amount) const {
  const Json amounts{{resource, amount}};
  const Json container{{"name", container_name}, {"resources", {{"limits", amounts}, {"requests", amounts}}}};
  const Json patch{{"spec", {{"containers", Json::array({container})}}}};
  const auto result = tool().run({"patch", "pod", name, "--subresource", "resize", "--patch", patch.dump()});
  if (result.exit_code == 0) return;
  if (result.err.find("could not find the requested resource") != std::string::npos) {
    throw base::Error(base::ErrorKind::usage,
                      "the cluster of host " + tool().host() + " cannot resize a running pod",
                      "that takes Kubernetes 1.33 or later; else make a new instance");
  }
  tool().fail("cannot change the " + resource + " of instance " + name, result);
}

void KubectlRuntime::change_cpus(const std::string& name, std::uint32_t vcpus) {
  resize(name, "cpu", std::to_string(vcpus));
}

void KubectlRuntime::change_memory(const std::string& name, std::uint64_t bytes) {
  resize(name, "memory", std::to_string(bytes));
}

std::string KubectlRuntime::address_of(const PodStatus& pod) { return pod.address; }

}  // namespace deskloom::fleet
