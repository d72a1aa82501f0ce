#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/sqlite.hpp"

namespace deskloom::state {

// By what the user of an instance was last seen to be at it (SPEC B6).
struct SeenSign {
  std::string sign;  // plan::PresenceSign's name
  base::Timestamp seen_at;
};

class Signs {
 public:
  explicit Signs(const base::Database& db) : db_(db) {}
  void put(const std::string& instance, const SeenSign& seen) const;
  std::optional<SeenSign> find(const std::string& instance) const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
