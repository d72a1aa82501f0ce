#include "fleet/libvirt/gpu.hpp"

#include <thread>

#include "base/text.hpp"
#include "fleet/libvirt/agent.hpp"
#include "fleet/libvirt/device_xml.hpp"
#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto poll = milliseconds(100);
constexpr auto answer_time = milliseconds(5000);

// PCI class 03: display controllers. The one that every domain has is a virtio device (vendor 1af4).
constexpr const char* count_gpus = R"sh(
count=0
for device in /sys/bus/pci/devices/*; do
  read -r class <"$device/class"
  read -r vendor <"$device/vendor"
  case $class$vendor in 0x03*0x1af4) ;; 0x03*) count=$((count + 1)) ;; esac
done
echo $count
)sh";

std::string gpus_seen(const Connection& connection, const std::string& instance) {
  Agent agent(connection, instance);
  return agent.exec({"/bin/sh", "-c", count_gpus}, answer_time).out;
}

bool is_there(virDomainPtr domain, const std::string& instance, const std::string& device) {
  return has_gpu(live_xml(domain, instance), device);
}

}  // namespace

void attach_gpu_device(const Connection& connection, const std::string& instance, const std::string& device,
                       milliseconds timeout) {
  const auto domain = connection.get(instance);
  const std::string xml = gpu_xml(device);
  if (is_there(domain.get(), instance, device)) return;
  const std::string before = gpus_seen(connection, instance);
  if (virDomainAttachDeviceFlags(domain.get(), xml.c_str(), VIR_DOMAIN_AFFECT_LIVE) != 0) {
    const auto error = last_libvirt_error("cannot give GPU " + device + " to instance " + instance);
    throw Error(error.kind(), error.what(),
                "the host needs an IOMMU, the device bound to no other driver, and vfio-pci or the mediated "
                "device made; see 'gpus' of its [host.NAME]");
  }
  const auto deadline = steady_clock::now() + timeout;
  while (gpus_seen(connection, instance) == before) {
    if (steady_clock::now() >= deadline) {
      throw Error(ErrorKind::guest, "instance " + instance + " does not see GPU " + device,
                  "its kernel must allow PCI devices to come while it runs");
    }
    std::this_thread::sleep_for(poll);
  }
}

void detach_gpu_device(const Connection& connection, const std::string& instance, const std::string& device,
                       milliseconds timeout) {
  const auto domain = connection.get(instance);
  if (!is_there(domain.get(), instance, device)) return;
  if (virDomainDetachDeviceFlags(domain.get(), gpu_xml(device).c_str(), VIR_DOMAIN_AFFECT_LIVE) != 0)
    throw last_libvirt_error("cannot take GPU " + device + " from instance " + instance);
  const auto deadline = steady_clock::now() + timeout;
  while (is_there(domain.get(), instance, device)) {
    if (steady_clock::now() >= deadline) {
      throw Error(ErrorKind::guest, "instance " + instance + " does not let GPU " + device + " go",
                  "end what uses it there");
    }
    std::this_thread::sleep_for(poll);
  }
}

}  // namespace deskloom::fleet
