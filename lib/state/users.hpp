#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "domain/records.hpp"

namespace deskloom::state {

class Users {
 public:
  explicit Users(const base::Database& db) : db_(db) {}
  // Adds the user when new.
  void ensure(const std::string& name, base::Timestamp at) const;
  // All but first_seen of a user who is there.
  void update(const domain::User& user) const;
  std::optional<domain::User> find(const std::string& name) const;
  std::vector<domain::User> list() const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
