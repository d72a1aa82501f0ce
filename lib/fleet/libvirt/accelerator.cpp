#include "fleet/libvirt/accelerator.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>

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

// A machine that goes with this object. Where libvirtd can, it also goes with us when we are killed; in an
// embedded root, which is ours alone, the next proof removes what a killed one left.
class ProofMachine {
 public:
  ProofMachine(const Connection& connection, const std::string& accelerator) {
    const std::string name =
        connection.embedded() ? "deskloom-proof" : "deskloom-proof-" + std::to_string(::getpid());
    if (const auto left_over = connection.find(name)) virDomainDestroy(left_over.get());
    const unsigned int flags = connection.embedded() ? 0 : VIR_DOMAIN_START_AUTODESTROY;
    domain_.reset(virDomainCreateXML(connection.get(), proof_domain_xml(name, accelerator).c_str(), flags));
    if (!domain_) throw last_libvirt_error("cannot start a machine");
  }
  ~ProofMachine() { virDomainDestroy(domain_.get()); }
  ProofMachine(const ProofMachine&) = delete;
  ProofMachine& operator=(const ProofMachine&) = delete;

  virDomainPtr get() const { return domain_.get(); }

 private:
  DomainHandle domain_;
};

void run_proof(const std::shared_ptr<Connection>& connection, const std::string& accelerator) {
  const ProofMachine machine(*connection, accelerator);
  StreamHandle stream = connection->new_stream();
  if (virDomainOpenConsole(machine.get(), nullptr, stream.get(), 0) < 0) {
    throw last_libvirt_error("cannot open a test machine's console");
  }
  StreamChannel console(connection, std::move(stream), "a test machine's console", proof_timeout);
  wait_for_banner(console);
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
  static std::mutex one_proof_at_a_time;
  const std::lock_guard lock(one_proof_at_a_time);
  const AcceleratorCache cache(target.cache_dir, base::this_process().boot_id,
                               target.uri + " " + std::to_string(hypervisor_version));
  if (auto known = cache.recall()) return *known;
  auto verdict = prove(connection);
  cache.remember(verdict);
  return verdict;
}

}  // namespace deskloom::fleet
