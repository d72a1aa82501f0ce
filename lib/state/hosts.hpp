#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "domain/records.hpp"

namespace deskloom::state {

// What the last probe of each host found; which hosts exist is policy's to say.
class Hosts {
 public:
  explicit Hosts(const base::Database& db) : db_(db) {}
  void put(const domain::HostStatus& status) const;
  std::optional<domain::HostStatus> find(const std::string& name) const;
  std::vector<domain::HostStatus> list() const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
