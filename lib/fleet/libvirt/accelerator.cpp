#include "fleet/libvirt/accelerator.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/process.hpp"
#include "base/text.hpp"
#include "fleet/libvirt/domain_xml.hpp"
#include "fleet/libvirt/error.hpp"
#include "fleet/libvirt/stream_channel.hpp"

namespace deskloom::fleet {
namespace {

constexpr auto proof_timeout = std::chrono::milliseconds(3000);
constexpr std::string_view firmware_banner = "SeaBIOS";

void wait_for_banner(base::Channel& console) {
  std::string seen;
  std::array<std::byte, 256> buffer;
  while (seen.find(firmware_banner) == std::string::npos) {
    const std::size_t count = console.read(buffer);
    if (count == 0 || seen.size() > 4096) {
      throw base::Error(base::ErrorKind::failed, "the firmware said nothing that is expected of it");
    }
    seen.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
}

void run_proof(const std::shared_ptr<Connection>& connection, const std::string& accelerator) {
  const std::string name = "deskloom-proof-" + std::to_string(::getpid());
  const DomainHandle domain(virDomainCreateXML(connection->get(), proof_domain_xml(name, accelerator).c_str(),
                                               VIR_DOMAIN_START_AUTODESTROY));
  if (!domain) throw last_libvirt_error("cannot start a machine");
  StreamHandle stream = connection->new_stream();
  if (virDomainOpenConsole(domain.get(), nullptr, stream.get(), 0) < 0)
    throw last_libvirt_error("no console");
  try {
    StreamChannel console(connection, std::move(stream), "a test machine's console", proof_timeout);
    wait_for_banner(console);
  } catch (const base::Error&) {
    virDomainDestroy(domain.get());
    throw;
  }
  virDomainDestroy(domain.get());
}

// QEMU's last words come as several lines.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return base::printable(text.substr(0, 400));
}

AcceleratorVerdict prove(const std::shared_ptr<Connection>& connection) {
  const auto fault = why_unusable(connection, "kvm");
  if (!fault) return {"kvm", "a test machine ran under KVM"};
  return {"tcg", "KVM does not work here: " + *fault};
}

}  // namespace

std::optional<std::string> why_unusable(const std::shared_ptr<Connection>& connection,
                                        const std::string& accelerator) {
  try {
    run_proof(connection, accelerator);
    return std::nullopt;
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::host_unreachable) throw;
    return one_line(error.what());
  }
}

AcceleratorVerdict decide_accelerator(const std::shared_ptr<Connection>& connection, const HostTarget& target,
                                      unsigned long hypervisor_version) {
  if (target.accelerator != "auto") return {target.accelerator, "set for host " + target.name};
  const AcceleratorCache cache(target.cache_dir, base::this_process().boot_id,
                               target.uri + " " + std::to_string(hypervisor_version));
  if (auto known = cache.recall()) return *known;
  auto verdict = prove(connection);
  cache.remember(verdict);
  return verdict;
}

}  // namespace deskloom::fleet
