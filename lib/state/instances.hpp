#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "domain/instance.hpp"

namespace deskloom::state {

struct InstanceFilter {
  std::optional<std::string> pool{};
  std::optional<std::string> host{};
  std::optional<std::string> user{};
  std::optional<domain::InstanceState> state{};
  bool live_only = true;  // leave out reclaimed ones, unless state asks for them
};

// Table instances and its history, instance_transitions.
class Instances {
 public:
  explicit Instances(const base::Database& db) : db_(db) {}

  // New, in state provisioning, its creation recorded with cause and operation.
  void create(const domain::Instance& instance, const std::string& cause,
              const std::optional<std::string>& operation) const;
  std::optional<domain::Instance> find(const std::string& name) const;
  domain::Instance get(const std::string& name) const;  // throws Error(not_found) with the nearest name
  std::vector<domain::Instance> list(const InstanceFilter& filter = {}) const;
  // The one instance that holds this user's persona, if any (a unique partial index guarantees one).
  std::optional<domain::Instance> of_user(const std::string& user) const;
  // Legal by domain::is_legal or throws Error(failed); recorded. from is the state the caller believes in:
  // when the row has moved on meanwhile, throws Error(locked) and changes nothing. warm → stitching is
  // refused here: it takes a user, so reserve_warm and reserve do it.
  void transition(const std::string& name, domain::InstanceState from, domain::InstanceState to,
                  const std::string& cause, const std::optional<std::string>& operation,
                  base::Timestamp at) const;
  // Atomically takes the oldest warm instance of the pool: user set, warm → stitching. nullopt when none is
  // warm. Throws Error(locked) when the user already holds an instance.
  std::optional<domain::Instance> reserve_warm(const std::string& pool, const std::string& user,
                                               const std::string& cause,
                                               const std::optional<std::string>& operation,
                                               base::Timestamp at) const;
  // Takes this warm instance for the user, as reserve_warm does.
  domain::Instance reserve(const std::string& name, const std::string& user, const std::string& cause,
                           const std::optional<std::string>& operation, base::Timestamp at) const;
  // What the instance is to have, or has. Throws Error(locked) when it has not what was seen any more, and,
  // when it grows, as require_memory; changes nothing then.
  void change_allocation(const domain::Instance& seen, const domain::Allocation& wanted,
                         std::optional<std::uint64_t> host_memory_bytes) const;
  // Throws Error(failed) when all live instances of its host, this one among them, have more memory than
  // that.
  void require_memory(const domain::Instance& instance, std::uint64_t host_memory_bytes) const;
  void set_power(const std::string& name, domain::Power power) const;
  void set_snapshot(const std::string& name, const std::string& snapshot) const;
  std::vector<domain::Transition> history(const std::string& name) const;
  // What moved the pool's instances after that moment, newest first.
  std::vector<domain::Transition> moves_since(const std::string& pool, base::Timestamp after) const;
  // When users connected and disconnected, as far back as it is known.
  void each_connection(
      const std::function<void(const std::string& user, base::Timestamp at, bool is_connect)>& visit) const;
  // Of the pool, but for those that failed.
  int count_live(const std::string& pool) const;
  // Live instances by pool and state, one query.
  std::map<std::string, std::map<domain::InstanceState, int>> counts() const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
