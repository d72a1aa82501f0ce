#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/sqlite.hpp"
#include "domain/instance.hpp"

namespace deskloom::state {

// One user's wait, from asking for a desktop to a usable one (SPEC C3).
struct Wait {
  std::string user;
  std::string instance;
  std::string pool;
  std::string action;  // what it took: "inflated", "stitched"; "ready": nothing
  base::Timestamp requested_at;
  std::int64_t waited_ms = 0;
};

class Waits {
 public:
  explicit Waits(const base::Database& db) : db_(db) {}
  void add(const Wait& wait) const;
  // Whether the user has waited for the instance since it is as it is.
  bool has_any(const domain::Instance& instance) const;
  // When the instance was last asked for; nullopt: never.
  std::optional<base::Timestamp> last(const std::string& instance) const;
  // Newest first.
  std::vector<Wait> recent(const std::optional<std::string>& pool, int limit) const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
