#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/sqlite.hpp"

namespace deskloom::state {

struct PoolRecord {
  std::string name;
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
  void set_extra(const std::string& name, int extra, base::Timestamp at) const;
  // Measured durations of operations that served this pool, newest first; empty when there are none. What
  // their steps took: of one that was resumed, not the time until somebody did.
  std::vector<std::int64_t> recent_durations_ms(const std::string& pool, const std::string& operation_kind,
                                                int limit) const;
  // The same, of those that gave an instance all of its full allocation out of its minimal one.
  std::vector<std::int64_t> recent_full_inflations_ms(const std::string& pool, int limit) const;

 private:
  std::vector<std::int64_t> durations_ms(const std::string& pool, const std::string& operation_kind,
                                         const std::string& condition, int limit) const;

  const base::Database& db_;
};

}  // namespace deskloom::state
