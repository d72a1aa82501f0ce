#include "fleet/libvirt/runtime.hpp"

#include <fmt/format.h>
#include <libvirt/virterror.h>

#include <algorithm>
#include <thread>

#include "fleet/libvirt/accelerator.hpp"
#include "fleet/libvirt/agent.hpp"
#include "fleet/libvirt/device_xml.hpp"
#include "fleet/libvirt/disks.hpp"
#include "fleet/libvirt/display_clients.hpp"
#include "fleet/libvirt/domain_xml.hpp"
#include "fleet/libvirt/error.hpp"
#include "fleet/libvirt/gpu.hpp"
#include "fleet/libvirt/hotplug.hpp"
#include "fleet/libvirt/limits.hpp"
#include "fleet/libvirt/memory.hpp"
#include "fleet/libvirt/power.hpp"
#include "fleet/libvirt/serial_tail.hpp"
#include "fleet/libvirt/served_volume.hpp"
#include "fleet/libvirt/stream_channel.hpp"
#include "fleet/libvirt/usage.hpp"
#include "fleet/libvirt/volume.hpp"
#include "fleet/spec.hpp"
#include "fleet/volume_server.hpp"

namespace deskloom::fleet {
namespace {

constexpr int starts_tried = 3;

// libvirt chooses a display's port by trying it; somebody else may have it before QEMU does.
bool lost_its_port(const base::Error& error) {
  return std::string_view(error.what()).find("Failed to find an available port") != std::string_view::npos;
}

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto agent_poll = milliseconds(50);

std::string version_text(unsigned long version) {
  return fmt::format("{}.{}.{}", version / 1'000'000, version / 1'000 % 1'000, version % 1'000);
}

std::vector<DomainHandle> domains_of(const Connection& connection, unsigned flags) {
  virDomainPtr* domains = nullptr;
  const int count = virConnectListAllDomains(connection.get(), &domains, flags);
  if (count < 0) throw last_libvirt_error("cannot list what runs on host " + connection.host());
  std::vector<DomainHandle> handles(domains, domains + count);
  std::free(domains);
  return handles;
}

void attach_port(virDomainPtr domain, const std::string& name, const std::string& port) {
  const std::string xml = channel_xml(port);
  if (virDomainAttachDeviceFlags(domain, xml.c_str(), VIR_DOMAIN_AFFECT_LIVE) == 0) return;
  const auto error =
      last_libvirt_error("instance " + name + " has no port " + port + " and cannot be given one");
  throw base::Error(base::ErrorKind::guest, error.what(), "add to its domain: " + xml);
}

}  // namespace

LibvirtRuntime::LibvirtRuntime(const HostTarget& target)
    : target_(target), connection_(std::make_shared<Connection>(target)) {}

HostFacts LibvirtRuntime::probe() {
  unsigned long hypervisor = 0;
  unsigned long libvirt = 0;
  virNodeInfo node;
  if (virConnectGetVersion(connection_->get(), &hypervisor) < 0 ||
      virConnectGetLibVersion(connection_->get(), &libvirt) < 0 ||
      virNodeGetInfo(connection_->get(), &node) < 0) {
    throw last_libvirt_error("cannot ask host " + connection_->host() + " what it is");
  }
  auto verdict = decide_accelerator(connection_, target_, hypervisor);
  return {"QEMU " + version_text(hypervisor),
          version_text(libvirt),
          verdict.accelerator,
          verdict.reason,
          node.cpus,
          std::uint64_t{node.memory} << 10};
}

std::vector<std::string> LibvirtRuntime::running() {
  std::vector<std::string> names;
  for (const auto& domain : domains_of(*connection_, VIR_CONNECT_LIST_DOMAINS_ACTIVE)) {
    if (is_alive(domain.get())) names.emplace_back(virDomainGetName(domain.get()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool LibvirtRuntime::is_running(const std::string& name) {
  const auto domain = connection_->find(name);
  return domain && is_alive(domain.get());
}

std::vector<Resident> LibvirtRuntime::residents(const std::filesystem::path& instance_dir) {
  std::vector<std::string> names;
  for (const auto& domain : domains_of(*connection_, 0)) {
    const std::string name = virDomainGetName(domain.get());
    const TextHandle xml(virDomainGetXMLDesc(domain.get(), 0));
    if (!xml) continue;  // it has ended since it was listed
    if (instance_of(xml.get()) == name && serial_log_of(xml.get()) == serial_log(instance_dir / name))
      names.push_back(name);
  }
  return residents_of(names, instance_dir);
}

PresenceSigns LibvirtRuntime::presence(const std::string& name) {
  return {display_clients(*connection_, name), Agent(*connection_, name).logins()};
}

std::vector<InstanceUsage> LibvirtRuntime::usage() { return usage_of_domains(*connection_); }

void LibvirtRuntime::create_disks(const InstanceSpec& spec) {
  check_spec(spec);
  create_overlays(*connection_, spec);
}

void LibvirtRuntime::require_ours(virDomainPtr domain, const std::string& name) const {
  if (instance_of(live_xml(domain, name)) == name) return;
  throw base::Error(base::ErrorKind::failed,
                    "host " + connection_->host() + " has a domain " + name + " that deskloom did not make",
                    "choose another name, or remove it: virsh undefine " + name);
}

void LibvirtRuntime::start(const InstanceSpec& spec) {
  check_spec(spec);
  if (const auto domain = connection_->find(spec.name)) {
    require_ours(domain.get(), spec.name);
    return;  // our domains are transient: there means running
  }
  const std::string xml = domain_xml(spec);
  for (int tried = 1;; ++tried) {
    const DomainHandle started(virDomainCreateXML(connection_->get(), xml.c_str(), 0));
    if (started) return;
    auto error = last_libvirt_error("cannot start instance " + spec.name + " on host " + connection_->host());
    if (tried == starts_tried || !lost_its_port(error)) throw error;
  }
}

void LibvirtRuntime::wait_for_agent(const std::string& name, milliseconds timeout) {
  const auto deadline = steady_clock::now() + timeout;
  const auto domain = connection_->get(name);
  const auto log = serial_log_of(live_xml(domain.get(), name));
  Agent agent(*connection_, name);
  while (!agent.answers()) {
    if (!is_running(name)) {
      throw base::Error(base::ErrorKind::guest,
                        "instance " + name + " ended while its agent was awaited" + serial_tail(log),
                        "see " + log.string());
    }
    if (steady_clock::now() >= deadline) {
      throw base::Error(base::ErrorKind::guest,
                        fmt::format("the agent of instance {} did not answer within {} ms{}", name,
                                    timeout.count(), serial_tail(log)),
                        "the image needs qemu-guest-agent; see " + log.string());
    }
    std::this_thread::sleep_for(agent_poll);
  }
}

void LibvirtRuntime::stop(virDomainPtr domain, const std::string& name) const {
  if (virDomainDestroy(domain) == 0) return;
  // It may end by itself, or its end be noticed, while we ask.
  if (last_libvirt_code() == VIR_ERR_NO_DOMAIN || last_libvirt_code() == VIR_ERR_OPERATION_INVALID) return;
  throw last_libvirt_error("cannot stop instance " + name + " on host " + connection_->host());
}

void LibvirtRuntime::destroy(const std::string& name, const std::filesystem::path& directory) {
  check_instance_directory(name, directory);
  if (const auto domain = connection_->find(name)) {
    require_ours(domain.get(), name);
    stop(domain.get(), name);
  }
  end_volume_servers(directory);
  remove_instance_files(*connection_, name, directory);
}

void LibvirtRuntime::suspend(const std::string& name) { suspend_domain(*connection_, name); }

void LibvirtRuntime::resume(const std::string& name) { resume_domain(*connection_, name); }

void LibvirtRuntime::save(const std::string& name, const std::filesystem::path& file) {
  save_domain(*connection_, name, file);
}

void LibvirtRuntime::restore(const InstanceSpec& spec, const std::filesystem::path& file) {
  check_spec(spec);
  if (const auto domain = connection_->find(spec.name)) {
    require_ours(domain.get(), spec.name);
    stop(domain.get(), spec.name);
  }
  restore_paused_domain(*connection_, spec, file);
}

void LibvirtRuntime::set_memory(const std::string& name, std::uint64_t bytes, milliseconds timeout) {
  give_memory(*connection_, name, bytes, timeout);
}

void LibvirtRuntime::set_vcpus(const std::string& name, std::uint32_t vcpus, milliseconds timeout) {
  give_vcpus(*connection_, name, vcpus, timeout);
}

void LibvirtRuntime::set_network_limit(const std::string& name, std::uint64_t bytes_s) {
  limit_network(*connection_, name, bytes_s);
}

void LibvirtRuntime::set_storage_limit(const std::string& name, std::uint64_t bytes_s) {
  limit_storage(*connection_, name, bytes_s);
}

void LibvirtRuntime::attach_gpu(const std::string& name, const std::string& device, milliseconds timeout) {
  attach_gpu_device(*connection_, name, device, timeout);
}

void LibvirtRuntime::detach_gpu(const std::string& name, const std::string& device, milliseconds timeout) {
  detach_gpu_device(*connection_, name, device, timeout);
}

ExecResult LibvirtRuntime::exec(const std::string& name, const std::vector<std::string>& argv,
                                milliseconds timeout) {
  return Agent(*connection_, name).exec(argv, timeout);
}

void LibvirtRuntime::exec_detached(const std::string& name, const std::vector<std::string>& argv) {
  Agent(*connection_, name).exec_detached(argv);
}

void LibvirtRuntime::write_file(const std::string& name, const std::string& path,
                                const std::string& content) {
  Agent(*connection_, name).write_file(path, content);
}

std::unique_ptr<base::Channel> LibvirtRuntime::open_channel(const std::string& name, milliseconds timeout) {
  // Over a wire, a guest that does not read stops the connection: only the channel's own, then.
  const auto connection = connection_->embedded() ? connection_ : std::make_shared<Connection>(target_);
  const auto domain = connection->get(name);
  if (!has_port(live_xml(domain.get(), name), deskloom_port)) attach_port(domain.get(), name, deskloom_port);
  StreamHandle stream = connection->new_stream();
  const std::string what = std::string("port ") + deskloom_port + " of instance " + name;
  if (virDomainOpenChannel(domain.get(), deskloom_port, stream.get(), 0) < 0) {
    throw last_libvirt_error("cannot open " + what, "only one command at a time can talk to an instance");
  }
  return std::make_unique<StreamChannel>(connection, std::move(stream), what, timeout);
}

std::unique_ptr<base::Channel> LibvirtRuntime::start_helper(const std::string& name,
                                                            std::vector<std::string> argv,
                                                            milliseconds timeout) {
  auto channel = open_channel(name, timeout);
  argv.insert(argv.end(), {"--port", deskloom_port});
  exec_detached(name, argv);
  return channel;
}

std::optional<Display> LibvirtRuntime::display(const std::string& name) {
  return display_of(live_xml(connection_->get(name).get(), name));
}

Address LibvirtRuntime::address(const std::string& name) {
  if (!has_open_network(live_xml(connection_->get(name).get(), name))) return {};
  return {Agent(*connection_, name).address(), false};
}

std::unique_ptr<VolumeReading> LibvirtRuntime::open_volume(const std::string& name,
                                                           const VolumeRequest& request) {
  return open_running_volume(connection_, name, request);
}

void LibvirtRuntime::attach_volume(const std::string& name, const ServedVolume& volume,
                                   const std::vector<ByteRange>& first, milliseconds timeout) {
  attach_served_volume(*connection_, name, volume, first, timeout);
}

VolumeLocality LibvirtRuntime::volume_locality(const std::string& name, const std::string& disk) {
  return locality_of(*connection_, name, disk);
}

VolumeLocality LibvirtRuntime::localise_volume(const std::string& name, const ServedVolume& volume,
                                               std::uint64_t bytes_s) {
  return localise_served_volume(*connection_, name, volume, bytes_s);
}

MemoryFacts LibvirtRuntime::save_memory(const std::string& name, const MemoryRequest& request) {
  return save_running_memory(connection_, name, request);
}

void LibvirtRuntime::restore_memory(const InstanceSpec& spec, const std::filesystem::path& file) {
  check_spec(spec);
  restore_saved_memory(*connection_, spec, file);
}

}  // namespace deskloom::fleet
