#include "fleet/container/podman.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "fleet/container/pod_manifest.hpp"

namespace deskloom::fleet {
namespace {

// podman-run(1): 125 is Podman's own failure. That of the program which starts the process is 255 or less,
// and is told by what it says.
constexpr int podman_failed = 125;
constexpr int runtime_failed = 255;
constexpr std::chrono::milliseconds start_timeout{600'000};  // an image may have to come first
constexpr const char* lines_of_log = "5";

// As Podman names the container of a pod that it makes from a manifest.
std::string container_of(const std::string& name) { return name + "-" + container_name; }

// Names are patterns to the filter.
std::string exactly(const std::string& name) {
  std::string pattern = "name=^";
  for (const char c : name) pattern += c == '.' ? "\\." : std::string(1, c);
  return pattern + "$";
}

}  // namespace

PodmanRuntime::PodmanRuntime(const HostTarget& target)
    : ContainerRuntime(Tool(target.name, {"podman"}, "podman")) {}

HostFacts PodmanRuntime::probe() {
  auto facts = parse_podman_info(tool().ask("cannot ask Podman", {"info", "--format", "json"}));
  facts.accelerator = "none";
  facts.accelerator_reason = "containers run on the host's own processors";
  return facts;
}

std::vector<PodStatus> PodmanRuntime::pods() {
  const std::string ours = std::string("label=") + managed_by_label + "=" + managed_by_us;
  return parse_podman_pods(
      tool().must("cannot list pods", {"pod", "ps", "--format", "json", "--filter", ours}));
}

std::optional<PodStatus> PodmanRuntime::find(const std::string& name) {
  for (auto& pod : parse_podman_pods(tool().must(
           "cannot look for pod " + name, {"pod", "ps", "--format", "json", "--filter", exactly(name)}))) {
    if (pod.name == name) return std::move(pod);
  }
  return std::nullopt;
}

void PodmanRuntime::require_image(const std::string& reference) const {
  if (tool().run({"image", "exists", reference}).exit_code == 0) return;
  throw base::Error(
      base::ErrorKind::not_found,
      "host " + tool().host() + " has no container image " + base::printable(reference),
      "make it with scripts/build-guest --container, or load it with 'podman load' or 'import'");
}

void PodmanRuntime::apply(const InstanceSpec& spec, const std::string& manifest) {
  if (spec.allocation.network_bytes_s != 0 || spec.full.gpus != 0) {
    throw base::Error(base::ErrorKind::usage,
                      "instance " + spec.name + " is to have a network rate or GPUs, which Podman on host " +
                          tool().host() + " gives no container",
                      "leave them out, or use a virtual machine or a host with engine = \"kubernetes\"");
  }
  const std::string& reference = spec.image.container->reference;
  if (!is_pulled(reference)) require_image(reference);
  base::ProcessOptions options;
  options.input = manifest;
  options.timeout = start_timeout;
  tool().must("cannot start instance " + spec.name, {"play", "kube", "-"}, options);
}

void PodmanRuntime::remove(const std::string& name) {
  tool().must("cannot remove instance " + name, {"pod", "rm", "--force", "--time", "0", name});
}

std::vector<std::string> PodmanRuntime::exec_arguments(const std::string& name) const {
  return {"exec", "--interactive", "--user", "0", container_of(name)};
}

bool PodmanRuntime::is_engine_failure(const base::ProcessResult& result) const {
  return (result.exit_code == podman_failed || result.exit_code == runtime_failed) &&
         result.err.starts_with("Error: ");
}

std::string PodmanRuntime::log_tail(const std::string& name) {
  const auto log = tool().run({"logs", "--tail", lines_of_log, container_of(name)});
  return last_words(log.out + log.err);
}

bool PodmanRuntime::is_paused(const std::string& name) {
  const auto pod = find(name);
  return pod && pod->phase == PodPhase::paused;
}

void PodmanRuntime::suspend(const std::string& name) {
  if (is_paused(name)) return;
  tool().must("cannot pause instance " + name, {"pause", container_of(name)});
}

void PodmanRuntime::resume(const std::string& name) {
  if (!is_paused(name)) return;
  tool().must("cannot resume instance " + name, {"unpause", container_of(name)});
}

void PodmanRuntime::change_cpus(const std::string& name, std::uint32_t vcpus) {
  tool().must("cannot change the processors of instance " + name,
              {"update", "--cpus", std::to_string(vcpus), container_of(name)});
}

void PodmanRuntime::change_memory(const std::string& name, std::uint64_t bytes) {
  tool().must("cannot change the memory of instance " + name,
              {"update", "--memory", std::to_string(bytes), container_of(name)});
}

std::string PodmanRuntime::address_of(const PodStatus& pod) {
  const std::string addresses =
      tool().must("cannot ask for the address of instance " + pod.name,
                  {"inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}\n{{end}}",
                   container_of(pod.name)});
  const std::string first = addresses.substr(0, addresses.find('\n'));
  return first.empty() ? loopback : base::printable(first);
}

}  // namespace deskloom::fleet
