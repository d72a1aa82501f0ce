#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/sqlite.hpp"

namespace deskloom::state {

// A pool's generation counts the changes of its instances: a plan names the one it was made at.
struct PoolRecord {
  std::string name;
  std::int64_t generation = 0;
  std::optional<base::Timestamp> applied_at;
  int extra = 0;  // ghosts beyond what is planned, by rules of scaling
  std::optional<base::Timestamp> extra_since;
};

class Pools {
 public:
  explicit Pools(const base::Database& db) : db_(db) {}
  void ensure(const std::string& name) const;
  std::optional<PoolRecord> find(const std::string& name) const;
  std::vector<PoolRecord> list() const;
  void set_applied(const std::string& name, base::Timestamp at) const;
  // A plan that was made before asks for what it said.
  void set_extra(const std::string& name, int extra, base::Timestamp at) const;
  // Measured durations of operations that served this pool, newest first; empty when there are none.
  std::vector<std::int64_t> recent_durations_ms(const std::string& pool, const std::string& operation_kind,
                                                int limit) const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
