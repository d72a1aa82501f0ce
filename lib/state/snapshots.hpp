#pragma once

#include <map>
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
  // Of one user or of all, by user, newest first: who was captured when, without the rest of the record.
  struct Dated {
    std::string id;
    std::string user;
    base::Timestamp created_at;
  };
  std::vector<Dated> dates(const std::optional<std::string>& user) const;
  std::vector<Dated> since(base::Timestamp after) const;  // made after that, the oldest first
  std::vector<std::string> ids_beginning_with(const std::string& prefix) const;  // ascending
  std::vector<std::string> users() const;                                        // who have any, ascending
  std::int64_t count() const;
  // The parts of the snapshot store that hold nothing unknown here, and when they had changed last; one is
  // taken off when a snapshot of it is removed here.
  std::map<std::string, base::Timestamp> known_folders() const;
  void put_known_folder(const std::string& name, base::Timestamp changed_at) const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
