#include "fleet/container/runtime.hpp"

#include <algorithm>
#include <thread>

#include "base/child_channel.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/text.hpp"
#include "fleet/container/pod_manifest.hpp"
#include "fleet/container/tcp_sockets.hpp"
#include "fleet/spec.hpp"

namespace deskloom::fleet {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds poll_every{100};
constexpr milliseconds brief_exec{10'000};
constexpr milliseconds write_timeout{120'000};
constexpr std::size_t max_output = 1 << 20;

bool is_alive(const PodStatus& pod) {
  return pod.phase == PodPhase::running || pod.phase == PodPhase::paused;
}

std::string quoted_detail(const PodStatus& pod) { return pod.detail.empty() ? "" : " (" + pod.detail + ")"; }

std::string quoted_log(const std::string& log) {
  return log.empty() ? "; it printed nothing" : "; it printed at last: " + log;
}

}  // namespace

PodStatus ContainerRuntime::get(const std::string& name) {
  if (auto pod = find(name)) return std::move(*pod);
  throw Error(ErrorKind::not_found, "instance " + name + " is not on host " + tool_.host());
}

void ContainerRuntime::require_ours(const PodStatus& pod) const {
  if (pod.is_ours) return;
  throw Error(ErrorKind::failed,
              "host " + tool_.host() + " has a pod " + pod.name + " that deskloom did not make",
              "choose another name, or remove the pod with " + tool_.program());
}

std::vector<std::string> ContainerRuntime::running() {
  std::vector<std::string> names;
  for (const PodStatus& pod : pods()) {
    if (pod.is_ours && is_alive(pod)) names.push_back(pod.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool ContainerRuntime::is_running(const std::string& name) {
  const auto pod = find(name);
  return pod && pod->is_ours && is_alive(*pod);
}

std::vector<Resident> ContainerRuntime::residents(const std::filesystem::path& instance_dir) {
  std::vector<std::string> names;
  for (const PodStatus& pod : pods()) {
    if (pod.is_ours && pod.home == home_of(instance_dir)) names.push_back(pod.name);
  }
  return residents_of(names, instance_dir);
}

// Who looks at a display that the container itself serves is connected to its port. Containers keep no list
// of logins.
PresenceSigns ContainerRuntime::presence(const std::string& name) {
  const PodStatus pod = get(name);
  if (!pod.display) return {};
  const auto sockets = exec(name, {"/bin/sh", "-c", "cat /proc/net/tcp /proc/net/tcp6"}, brief_exec);
  return {count_connections(sockets.out, pod.display->port), std::nullopt};
}

std::vector<InstanceUsage> ContainerRuntime::usage() {
  std::vector<InstanceUsage> usages;
  for (const std::string& name : running()) {
    if (const auto reading = read_cgroup(name)) {
      usages.push_back(
          {name, reading->cpu_ns, reading->memory_bytes, reading->network_bytes, reading->storage_bytes});
    }
  }
  return usages;
}

void ContainerRuntime::create_disks(const InstanceSpec& spec) {
  const std::string manifest = pod_manifest(spec).dump(2) + "\n";
  base::make_private_directories(spec.directory);
  base::write_file_durably(spec.directory / "pod.json", manifest);
}

void ContainerRuntime::start(const InstanceSpec& spec) {
  const std::string manifest = pod_manifest(spec).dump();
  if (const auto pod = find(spec.name)) {
    require_ours(*pod);
    if (is_alive(*pod)) return;
    remove(spec.name);
  }
  try {
    apply(spec, manifest);
  } catch (const Error&) {
    try {
      if (find(spec.name)) remove(spec.name);
    } catch (const Error&) {  // what stopped the start is what is told
    }
    throw;
  }
}

bool ContainerRuntime::answers(const std::string& name, std::string& complaint) {
  try {
    const auto result = exec(name, {"/bin/sh", "-c", ":"}, brief_exec);
    if (result.exit_code == 0) return true;
    complaint = last_words(result.err);
  } catch (const Error& error) {
    complaint = error.what();
  }
  return false;
}

void ContainerRuntime::wait_for_agent(const std::string& name, milliseconds timeout) {
  const auto deadline = steady_clock::now() + timeout;
  std::string complaint;
  for (;; std::this_thread::sleep_for(poll_every)) {
    const PodStatus pod = get(name);
    if (pod.phase == PodPhase::ended) {
      throw Error(ErrorKind::guest,
                  "instance " + name + " ended while it was awaited" + quoted_detail(pod) +
                      quoted_log(log_tail(name)),
                  "the image's command must go on until the instance is stopped");
    }
    if (pod.is_hopeless) {
      throw Error(ErrorKind::guest, "instance " + name + " cannot start: " + pod.detail,
                  "correct the image's image.json, or give host " + tool_.host() + " what it lacks");
    }
    if (pod.phase == PodPhase::running && answers(name, complaint)) return;
    if (pod.phase != PodPhase::running) complaint = pod.detail;
    if (steady_clock::now() < deadline) continue;
    throw Error(ErrorKind::guest,
                "instance " + name + " did not answer within " + std::to_string(timeout.count()) + " ms" +
                    (complaint.empty() ? "" : ": " + complaint),
                "the image needs a /bin/sh; 'agent_timeout' in deskloom.toml says how long is waited");
  }
}

void ContainerRuntime::destroy(const std::string& name, const std::filesystem::path& directory) {
  check_instance_directory(name, directory);
  if (const auto pod = find(name)) {
    require_ours(*pod);
    remove(name);
  }
  std::filesystem::remove_all(directory);
}

base::ProcessResult ContainerRuntime::run_in(const std::string& name, const std::vector<std::string>& argv,
                                             const base::ProcessOptions& options) {
  auto arguments = exec_arguments(name);
  arguments.insert(arguments.end(), argv.begin(), argv.end());
  base::ProcessResult result;
  try {
    result = tool_.run(arguments, options);
  } catch (const Error& error) {
    throw Error(ErrorKind::guest, "instance " + name + " does not answer: " + error.what(), error.hint());
  }
  if (result.exit_code != 0 && is_engine_failure(result)) explain_failure(name, result);
  return result;
}

void ContainerRuntime::explain_failure(const std::string& name, const base::ProcessResult& result) {
  const PodStatus pod = get(name);
  const std::string words = ": " + last_words(result.err);
  if (pod.phase == PodPhase::paused) {
    throw Error(ErrorKind::guest, "instance " + name + " is paused", "resume it first");
  }
  if (pod.phase == PodPhase::ended) {
    throw Error(ErrorKind::guest, "instance " + name + " has ended" + quoted_detail(pod) + words);
  }
  throw Error(ErrorKind::guest, "nothing can be run in instance " + name + words);
}

ExecResult ContainerRuntime::exec(const std::string& name, const std::vector<std::string>& argv,
                                  milliseconds timeout) {
  base::ProcessOptions options;
  options.timeout = timeout;
  options.output_limit_bytes = max_output;
  auto result = run_in(name, argv, options);
  return {result.exit_code, std::move(result.out), std::move(result.err)};
}

void ContainerRuntime::exec_detached(const std::string& name, const std::vector<std::string>& argv) {
  std::vector<std::string> shell{"/bin/sh", "-c", "\"$@\" </dev/null >/dev/null 2>&1 &", "sh"};
  shell.insert(shell.end(), argv.begin(), argv.end());
  exec(name, shell, brief_exec);
}

void ContainerRuntime::write_file(const std::string& name, const std::string& path,
                                  const std::string& content) {
  base::ProcessOptions options;
  options.timeout = write_timeout;
  options.input = content;
  const auto result = run_in(name, {"/bin/sh", "-c", "exec cat >\"$1\"", "sh", path}, options);
  if (result.exit_code == 0) return;
  throw Error(ErrorKind::guest,
              "cannot write " + path + " in instance " + name + ": " + last_words(result.err));
}

std::unique_ptr<base::Channel> ContainerRuntime::open_channel(const std::string& name, milliseconds) {
  throw Error(ErrorKind::usage, "instance " + name + " is a container: it has no serial port");
}

std::unique_ptr<base::Channel> ContainerRuntime::start_helper(const std::string& name,
                                                              std::vector<std::string> argv,
                                                              milliseconds timeout) {
  auto arguments = exec_arguments(name);
  arguments.insert(arguments.end(), argv.begin(), argv.end());
  arguments.emplace_back("--stdio");
  return std::make_unique<base::ChildChannel>(tool_.argv(arguments), "the helper in instance " + name,
                                              timeout);
}

std::optional<Display> ContainerRuntime::display(const std::string& name) {
  const PodStatus pod = get(name);
  auto display = pod.display;
  if (display) display->host = address_of(pod);
  return display;
}

Address ContainerRuntime::address(const std::string& name) {
  const std::string ip = address_of(get(name));
  const bool is_hosts_network = ip == loopback;
  return {is_hosts_network ? "" : ip, is_hosts_network};
}

std::optional<CgroupReading> ContainerRuntime::read_cgroup(const std::string& name) {
  try {
    const auto printed = exec(name, cgroup_command(), brief_exec);
    if (printed.exit_code == 0) return parse_cgroup(printed.out);
  } catch (const Error& error) {
    // Paused, or gone since it was listed: nothing is known of it.
    if (error.kind() != ErrorKind::guest && error.kind() != ErrorKind::not_found) throw;
  }
  return std::nullopt;
}

}  // namespace deskloom::fleet
