#pragma once

#include <chrono>
#include <string>

#include "fleet/libvirt/agent.hpp"

namespace deskloom::fleet {

// A guest whose file systems are frozen while this is alive, when it can be: a guest without an agent, or
// with one that refuses, is not, and why() says so. When the process is killed meanwhile, the guest stays
// frozen (qemu-ga on Linux has no time limit) until the next call to its agent, which thaws it: Agent::call.
class FrozenGuest {
 public:
  // Never throws because a guest cannot be frozen. Has the guest write out what it holds first, so that the
  // freeze itself is short.
  FrozenGuest(const Connection& connection, const std::string& instance);
  ~FrozenGuest();
  FrozenGuest(const FrozenGuest&) = delete;
  FrozenGuest& operator=(const FrozenGuest&) = delete;

  // Throws Error(guest) when it stays frozen; tried three times.
  void thaw();

  // After thaw: whether it was frozen until then, why not, and how long at the most.
  bool was_frozen() const { return frozen_; }
  const std::string& why_not() const { return why_not_; }
  double frozen_ms() const { return frozen_ms_; }

 private:
  void write_out();

  Agent agent_;
  bool to_be_thawed_ = false;
  bool frozen_ = false;
  std::uint64_t count_ = 0;
  std::string why_not_;
  std::chrono::steady_clock::time_point asked_at_;
  double frozen_ms_ = 0;
};

}  // namespace deskloom::fleet
