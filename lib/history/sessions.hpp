#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "history/store.hpp"

namespace deskloom::history {

// Makes sessions of one user's connections, in the order of time. One of which no end is known lasts
// that_long; who connects meanwhile goes on with it.
class SessionBuilder {
 public:
  explicit SessionBuilder(std::chrono::seconds that_long, std::optional<std::int64_t> open_since = {})
      : longest_s_(that_long.count()), begin_s_(open_since) {}

  void connect(std::int64_t at);
  void disconnect(std::int64_t at);
  std::optional<std::int64_t> open_since() const { return begin_s_; }
  // Disjoint, ascending; one that is open ends after that_long.
  std::vector<domain::Session> finish();

 private:
  void end(std::int64_t at);

  std::int64_t longest_s_;
  std::optional<std::int64_t> begin_s_;
  std::vector<domain::Session> sessions_;
};

// Each user who ever connected, by name, with all their sessions.
void each_user(
    const Store& store, std::chrono::seconds that_long,
    const std::function<void(const std::string& user, const std::vector<domain::Session>& sessions)>& visit);

// Each connection of [from, until), in the order of time. user: a number of users().
void each_connection(
    const Store& store, std::int64_t from, std::int64_t until,
    const std::function<void(std::int64_t user, std::int64_t at, bool connects, bool disconnects)>& visit);

// When the record of sessions begins.
std::optional<std::int64_t> first_connection(const Store& store);
// How far it goes, of what is not later than that.
std::optional<std::int64_t> last_connection(const Store& store, std::int64_t until);

}  // namespace deskloom::history
