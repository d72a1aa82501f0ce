#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "domain/app_session.hpp"

namespace deskloom::state {

// Applications in use, and those that were. At most one session of a user with an application is open.
class Apps {
 public:
  explicit Apps(const base::Database& db) : db_(db) {}
  // Its id. The user and the instance are there. Throws Error(locked) when the user has one open of that
  // application.
  std::int64_t begin(const domain::AppSession& session) const;
  void set_state(std::int64_t id, domain::AppState state,
                 const std::optional<std::string>& error = std::nullopt) const;
  // The instance goes when this session ends, or stays.
  void set_borrowed(std::int64_t id, bool is_borrowed) const;
  void end(std::int64_t id, base::Timestamp at) const;

  std::optional<domain::AppSession> find(std::int64_t id) const;
  std::optional<domain::AppSession> open_of(const std::string& user, const std::string& app) const;
  // By user and application.
  std::vector<domain::AppSession> open() const;
  std::vector<domain::AppSession> open_of(const std::string& user) const;
  std::vector<domain::AppSession> open_on(const std::string& instance) const;
  // Those that were open at some moment since then, the oldest first.
  std::vector<domain::AppSession> since(base::Timestamp at) const;

 private:
  const base::Database& db_;
};

// Components of open sessions.
class AppParts {
 public:
  explicit AppParts(const base::Database& db) : db_(db) {}
  void add(const domain::AppPart& part) const;
  // All but its session and component.
  void update(const domain::AppPart& part) const;
  void remove(std::int64_t session, const std::string& component) const;
  std::vector<domain::AppPart> of(std::int64_t session) const;  // by component
  std::optional<domain::AppPart> of_instance(const std::string& instance) const;

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
