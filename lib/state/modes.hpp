#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "domain/records.hpp"

namespace deskloom::state {

// What users are at for a time (SPEC A9): one mode each.
class Modes {
 public:
  explicit Modes(const base::Database& db) : db_(db) {}
  // Ends the one that the user is in, at the beginning of this one. The user is there.
  void set(const domain::Mode& mode) const;
  // Ends the one that the user is in; false: there is none.
  bool end(const std::string& user, base::Timestamp at) const;
  std::optional<domain::Mode> find(const std::string& user, base::Timestamp at) const;
  // All, the newest first; of one user.
  std::vector<domain::Mode> list() const;
  std::vector<domain::Mode> list(const std::string& user) const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
