#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "domain/records.hpp"

namespace deskloom::state {

class Snapshots {
 public:
  explicit Snapshots(const base::Database& db) : db_(db) {}
  void put(const domain::SnapshotRecord& record) const;  // idempotent by id
  void remove(const std::string& id) const;              // nothing when there is none
  std::optional<domain::SnapshotRecord> find(const std::string& id) const;
  // The first two by id of those whose id begins with prefix.
  std::vector<domain::SnapshotRecord> beginning_with(const std::string& prefix,
                                                     const std::optional<std::string>& user) const;
  std::optional<domain::SnapshotRecord> latest(const std::string& user) const;
  std::vector<domain::SnapshotRecord> list(const std::optional<std::string>& user,
                                           int limit) const;  // newest first
  std::int64_t count() const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
