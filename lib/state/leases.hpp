#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/process.hpp"
#include "base/sqlite.hpp"

namespace deskloom::state {

// Named leases ("user:alice", "pool:office", "instance:x") keep overlapping commands apart (SPEC I5).
// A lease whose owner is dead is taken over at once.
class Leases {
 public:
  explicit Leases(const base::Database& db) : db_(db) {}
  // False when a living process (also this one) holds it.
  bool try_acquire(const std::string& name, const base::ProcessIdentity& owner,
                   const std::string& purpose) const;
  void release(const std::string& name, const base::ProcessIdentity& owner) const;
  // "process 4711, session assign alice"
  std::string holder(const std::string& name) const;

 private:
  const base::Database& db_;
};

// Holds one lease; waits up to timeout, then throws Error(locked) naming the holder; on_wait is called at
// each look, and what it throws ends the wait. Not re-entrant: a second guard of the same name in this
// process waits for the first.
class LeaseGuard {
 public:
  LeaseGuard(const Leases& leases, std::string name, std::string purpose, std::chrono::milliseconds timeout,
             const std::function<void(const std::string& holder)>& on_wait = {});
  ~LeaseGuard();
  LeaseGuard(const LeaseGuard&) = delete;
  LeaseGuard& operator=(const LeaseGuard&) = delete;

 private:
  const Leases& leases_;
  std::string name_;
  base::ProcessIdentity owner_;
};

}  // namespace deskloom::state
