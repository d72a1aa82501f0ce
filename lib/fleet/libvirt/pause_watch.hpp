#pragma once

#include <memory>

#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// How long a running domain was stopped while this watches, by QEMU's clock.
class PauseWatch {
 public:
  PauseWatch(std::shared_ptr<Connection> connection, virDomainPtr domain);
  ~PauseWatch();
  PauseWatch(const PauseWatch&) = delete;
  PauseWatch& operator=(const PauseWatch&) = delete;

  // From the first stop to the last going on; waits a moment for the event of it. 0: it never stopped.
  double paused_ms() const;

 private:
  class Times;
  std::shared_ptr<Connection> connection_;
  std::shared_ptr<Times> times_;
  int callback_ = -1;
};

}  // namespace deskloom::fleet
