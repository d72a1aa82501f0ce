#include "fleet/libvirt/background_copy.hpp"

#include <libvirt/virterror.h>

#include <optional>

#include "fleet/libvirt/device_xml.hpp"
#include "fleet/libvirt/error.hpp"
#include "fleet/libvirt/monitor.hpp"
#include "fleet/volume_server.hpp"

namespace deskloom::fleet {
namespace {

constexpr int reads_until_connected = 3;

// The job that the disk has, of whatever kind.
std::optional<virDomainBlockJobInfo> job_of(virDomainPtr domain, const std::string& instance,
                                            const std::string& target) {
  virDomainBlockJobInfo job{};
  const int found =
      virDomainGetBlockJobInfo(domain, target.c_str(), &job, VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES);
  if (found < 0) throw last_libvirt_error("cannot ask for the jobs of disk " + target + " of " + instance);
  return found == 0 ? std::nullopt : std::optional(job);
}

bool is_copy(const std::optional<virDomainBlockJobInfo>& job) {
  return job && job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_PULL;
}

bool has_server(virDomainPtr domain, const std::string& instance, const std::string& target) {
  const auto disk = served_disk_of(live_xml(domain, instance), target);
  return !disk.file.empty() && VolumeServer(disk.file.parent_path(), disk.file.stem()).is_alive();
}

}  // namespace

void connect_anew(virDomainPtr domain) {
  const auto nodes = ask_monitor(domain, "query-named-block-nodes", {{"flat", true}});
  if (!nodes.is_array()) return;
  for (const auto& node : nodes) {
    if (node.value("drv", "") != "nbd") continue;
    const std::string read = "qemu-io " + node.value("node-name", "") + " \"read 0 512\"";
    for (int tries = 0; tries < reads_until_connected; ++tries)
      ask_monitor(domain, "human-monitor-command", {{"command-line", read}});
  }
}

bool copy_runs(virDomainPtr domain, const std::string& instance, const std::string& target) {
  return is_copy(job_of(domain, instance, target));
}

bool begin_copy(virDomainPtr domain, const std::string& instance, const std::string& target,
                std::uint64_t bytes_s) {
  if (const auto job = job_of(domain, instance, target)) {
    if (!is_copy(job)) return false;
    if (job->bandwidth != bytes_s)
      virDomainBlockJobSetSpeed(domain, target.c_str(), bytes_s,
                                VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES);  // or it has just ended
    return true;
  }
  if (virDomainBlockPull(domain, target.c_str(), bytes_s, VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES) == 0)
    return true;
  throw last_libvirt_error("cannot copy disk " + target + " of instance " + instance + " in the background");
}

HeldCopy::HeldCopy(std::shared_ptr<Connection> connection, const std::string& instance,
                   const std::string& target)
    : connection_(std::move(connection)), instance_(instance), target_(target) {
  const auto domain = connection_->get(instance);
  const auto job = job_of(domain.get(), instance, target);
  if (!is_copy(job)) return;
  bytes_s_ = job->bandwidth;
  was_running_ = virDomainBlockJobAbort(domain.get(), target.c_str(), 0) == 0;
  // It may have come to its end meanwhile.
  if (!was_running_ && copy_runs(domain.get(), instance, target))
    throw last_libvirt_error("cannot hold up the copy of disk " + target + " of instance " + instance);
}

HeldCopy::~HeldCopy() {
  if (!was_running_) return;
  try {
    const auto domain = connection_->get(instance_);
    if (!has_server(domain.get(), instance_, target_)) return;
    connect_anew(domain.get());
    begin_copy(domain.get(), instance_, target_, bytes_s_);
  } catch (const base::Error&) {
    // The instance ended, or the next localise_volume begins it.
  }
}

}  // namespace deskloom::fleet
