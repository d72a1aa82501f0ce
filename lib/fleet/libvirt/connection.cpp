#include "fleet/libvirt/connection.hpp"

#include <libvirt/virterror.h>

#include <cstdlib>
#include <mutex>

#include "fleet/libvirt/embedded.hpp"
#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

constexpr int keepalive_interval_s = 5;
constexpr unsigned int keepalive_count = 3;

void initialize_libvirt() {
  static std::once_flag once;
  std::call_once(once, [] {
    silence_libvirt();
    ::setenv("LIBVIRT_LOG_OUTPUTS", "4:file:/dev/null", 0);  // an embedded root has set its own already
    if (virInitialize() < 0) throw last_libvirt_error("cannot initialize libvirt");
  });
}

std::string hint_for(const std::string& uri, const std::string& message) {
  if (message.find("Failed to parse user") != std::string::npos) {
    return "libvirt's own user is missing: install libvirt-daemon-system, or run as an ordinary user";
  }
  if (uri.find("/embed") != std::string::npos)
    return "install libvirt-daemon-driver-qemu and qemu-system-x86";
  if (uri.find("+ssh") != std::string::npos)
    return "check that `ssh HOST virsh list` works without a password";
  return "check that libvirtd runs there and that this user may use it: virsh -c '" + uri + "' list";
}

// Before anything else of libvirt runs: it reads the environment when it is initialized.
std::string prepare_uri(const HostTarget& target) {
  auto uri = target.uri == "embedded" ? claim_embedded_root(target) : target.uri;
  initialize_libvirt();
  return uri;
}

virConnectPtr open(const std::string& host, const std::string& uri) {
  virConnectPtr connection = virConnectOpen(uri.c_str());
  if (connection != nullptr) return connection;
  const auto error = last_libvirt_error("cannot connect to host " + host + " at " + uri);
  throw base::Error(base::ErrorKind::host_unreachable, error.what(), hint_for(uri, error.what()));
}

}  // namespace

Connection::Connection(const HostTarget& target)
    : host_(target.name),
      embedded_(target.uri == "embedded"),
      uri_(prepare_uri(target)),
      loop_(EventLoop::acquire()),
      connection_(open(host_, uri_)),
      opened_at_(std::chrono::steady_clock::now()) {
  // Only a connection over a wire can have it; that an in-process one refuses is no fault.
  virConnectSetKeepAlive(get(), keepalive_interval_s, keepalive_count);
}

DomainHandle Connection::find(const std::string& name) const {
  DomainHandle domain(virDomainLookupByName(get(), name.c_str()));
  if (domain || last_libvirt_code() == VIR_ERR_NO_DOMAIN) return domain;
  throw last_libvirt_error("cannot look for instance " + name + " on host " + host_);
}

DomainHandle Connection::get(const std::string& name) const {
  auto domain = find(name);
  if (domain) return domain;
  throw base::Error(base::ErrorKind::not_found, "instance " + name + " is not running on host " + host_,
                    "see deskloom instance list; deskloom state check compares the record with the hosts");
}

StreamHandle Connection::new_stream() const {
  StreamHandle stream(virStreamNew(get(), VIR_STREAM_NONBLOCK));
  if (stream) return stream;
  throw last_libvirt_error("cannot make a stream to host " + host_);
}

std::string live_xml(virDomainPtr domain, const std::string& name) {
  const TextHandle xml(virDomainGetXMLDesc(domain, 0));
  if (!xml) throw last_libvirt_error("cannot read the domain of instance " + name);
  return xml.get();
}

bool is_active(virDomainPtr domain) { return virDomainIsActive(domain) == 1; }

bool is_alive(virDomainPtr domain) {
  // A query of the monitor waits its turn behind the reconnection; what it answers does not matter.
  virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
  static_cast<void>(virDomainMemoryStats(domain, stats, VIR_DOMAIN_MEMORY_STAT_NR, 0));
  return is_active(domain);
}

}  // namespace deskloom::fleet
