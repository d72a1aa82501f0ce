#pragma once

#include <libvirt/libvirt.h>

#include <memory>
#include <string>

#include "fleet/libvirt/event_loop.hpp"
#include "fleet/libvirt/handles.hpp"
#include "fleet/open.hpp"

namespace deskloom::fleet {

// One open host. Shared by the Runtime and what it hands out, and closed when the last of them is gone.
class Connection {
 public:
  // Throws Error(host_unreachable) naming host and URI.
  explicit Connection(const HostTarget& target);

  virConnectPtr get() const { return connection_.get(); }
  bool embedded() const { return embedded_; }
  const std::string& host() const { return host_; }
  std::chrono::steady_clock::time_point opened_at() const { return opened_at_; }

  // nullptr when there is none.
  DomainHandle find(const std::string& name) const;
  // Throws Error(not_found).
  DomainHandle get(const std::string& name) const;
  StreamHandle new_stream() const;

 private:
  std::string host_;
  bool embedded_;
  std::string uri_;
  std::shared_ptr<EventLoop> loop_;  // outlives connection_
  base::Handle<virConnect, virConnectClose> connection_;
  std::chrono::steady_clock::time_point opened_at_;
};

// The live XML of a domain. Throws Error.
std::string live_xml(virDomainPtr domain, const std::string& name);
bool is_active(virDomainPtr domain);
// As is_active, but asks QEMU itself. A driver that has just been opened counts a domain as active until it
// has tried to reconnect to it, so one that was killed meanwhile would seem to run.
bool is_alive(virDomainPtr domain);

}  // namespace deskloom::fleet
