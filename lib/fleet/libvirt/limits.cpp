#include "fleet/libvirt/limits.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "fleet/libvirt/device_xml.hpp"
#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::uint64_t kib = 1024;

class Parameters {
 public:
  ~Parameters() { virTypedParamsFree(list_, count_); }
  Parameters() = default;
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  void add(const char* name, unsigned long long value) {
    virTypedParamsAddULLong(&list_, &count_, &room_, name, value);
  }
  void add(const char* name, unsigned value) { virTypedParamsAddUInt(&list_, &count_, &room_, name, value); }
  virTypedParameterPtr get() const { return list_; }
  int count() const { return count_; }

 private:
  virTypedParameterPtr list_ = nullptr;
  int count_ = 0;
  int room_ = 0;
};

std::uint64_t disk_limit(virDomainPtr domain, const std::string& disk) {
  std::array<virTypedParameter, 64> found{};
  int count = found.size();
  unsigned long long value = 0;
  if (virDomainGetBlockIoTune(domain, disk.c_str(), found.data(), &count, VIR_DOMAIN_AFFECT_LIVE) < 0)
    throw last_libvirt_error("cannot ask for the limits of disk " + disk);
  virTypedParamsGetULLong(found.data(), count, VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC, &value);
  virTypedParamsClear(found.data(), count);
  return value;
}

void limit_disk(virDomainPtr domain, const std::string& instance, const std::string& disk,
                std::uint64_t bytes_s) {
  Parameters parameters;
  parameters.add(VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC, static_cast<unsigned long long>(bytes_s));
  if (virDomainSetBlockIoTune(domain, disk.c_str(), parameters.get(), parameters.count(),
                              VIR_DOMAIN_AFFECT_LIVE) < 0)
    throw last_libvirt_error("cannot limit disk " + disk + " of instance " + instance);
  if (disk_limit(domain, disk) == bytes_s) return;
  throw Error(ErrorKind::failed, "disk " + disk + " of instance " + instance + " is limited to " +
                                     base::human_size(disk_limit(domain, disk)) + "/s, not " +
                                     base::human_size(bytes_s) + "/s");
}

// In KiB/s, of the direction that has less.
unsigned interface_limit(virDomainPtr domain, const std::string& mac) {
  std::array<virTypedParameter, 64> found{};
  int count = found.size();
  unsigned in = 0, out = 0;
  if (virDomainGetInterfaceParameters(domain, mac.c_str(), found.data(), &count, VIR_DOMAIN_AFFECT_LIVE) < 0)
    throw last_libvirt_error("cannot ask for the limits of interface " + mac);
  virTypedParamsGetUInt(found.data(), count, VIR_DOMAIN_BANDWIDTH_IN_AVERAGE, &in);
  virTypedParamsGetUInt(found.data(), count, VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE, &out);
  virTypedParamsClear(found.data(), count);
  return std::min(in, out);
}

void set_interface_limit(virDomainPtr domain, const std::string& instance, const std::string& mac,
                         unsigned kib_s) {
  Parameters parameters;
  parameters.add(VIR_DOMAIN_BANDWIDTH_IN_AVERAGE, kib_s);
  parameters.add(VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE, kib_s);
  if (virDomainSetInterfaceParameters(domain, mac.c_str(), parameters.get(), parameters.count(),
                                      VIR_DOMAIN_AFFECT_LIVE) == 0)
    return;
  const auto error = last_libvirt_error("cannot limit the network of instance " + instance);
  throw Error(ErrorKind::usage, error.what(),
              "the host needs a bridge or a libvirt network, and a kernel with the modules sch_htb, sch_sfq, "
              "sch_ingress, cls_u32 and act_police; else set no network rates in the pool");
}

// libvirt counts in KiB/s; inbound is what comes to the guest.
void limit_interface(virDomainPtr domain, const std::string& instance, const std::string& mac,
                     std::uint64_t bytes_s) {
  const auto kib_s = static_cast<unsigned>((bytes_s + kib - 1) / kib);
  set_interface_limit(domain, instance, mac, kib_s);
  if (const unsigned has = interface_limit(domain, mac); has != kib_s)
    throw Error(ErrorKind::failed,
                "the network of instance " + instance + " is limited to " + std::to_string(has) +
                    " KiB/s, not " + std::to_string(kib_s) + " KiB/s",
                "the host did not take it: set no network rates in the pool");
}

}  // namespace

void limit_network(const Connection& connection, const std::string& instance, std::uint64_t bytes_s) {
  const auto domain = connection.get(instance);
  const auto interfaces = interfaces_of(live_xml(domain.get(), instance));
  if (interfaces.empty()) {
    throw Error(ErrorKind::usage, "instance " + instance + " has no network to be limited",
                "set 'network' of its host, or no network rates in its pool");
  }
  for (const std::string& mac : interfaces) limit_interface(domain.get(), instance, mac, bytes_s);
}

void limit_storage(const Connection& connection, const std::string& instance, std::uint64_t bytes_s) {
  const auto domain = connection.get(instance);
  for (const std::string& disk : disks_of(live_xml(domain.get(), instance)))
    limit_disk(domain.get(), instance, disk, bytes_s);
}

}  // namespace deskloom::fleet
