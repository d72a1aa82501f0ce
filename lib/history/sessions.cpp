#include "history/sessions.hpp"

#include <algorithm>

namespace deskloom::history {

void SessionBuilder::connect(std::int64_t at) {
  if (begin_s_ && at > *begin_s_ + longest_s_) end(*begin_s_ + longest_s_);
  if (!begin_s_) begin_s_ = at;
}

void SessionBuilder::disconnect(std::int64_t at) {
  if (begin_s_) end(std::min(at, *begin_s_ + longest_s_));
}

std::vector<domain::Session> SessionBuilder::finish() {
  if (begin_s_) end(*begin_s_ + longest_s_);
  return std::move(sessions_);
}

void SessionBuilder::end(std::int64_t at) {
  if (at > *begin_s_) sessions_.push_back({*begin_s_, at});
  begin_s_.reset();
}

// Who disconnects and connects within a second goes on, or has come and gone.
void each_user(
    const Store& store, std::chrono::seconds that_long,
    const std::function<void(const std::string& user, const std::vector<domain::Session>& sessions)>& visit) {
  auto row = store.db().prepare(
      "SELECT n.name, c.at, sum(is_connect), sum(NOT is_connect) FROM connections AS c JOIN names AS n ON "
      "n.id = c.user "
      "GROUP BY n.name, c.at ORDER BY n.name, c.at");
  std::optional<std::string> user;
  SessionBuilder builder(that_long);
  while (row.step()) {
    const std::string name = row.text(0);
    if (user != name) {
      if (user) visit(*user, builder.finish());
      user = name;
      builder = SessionBuilder(that_long);
    }
    const bool connects = row.integer(2) > 0, disconnects = row.integer(3) > 0;
    if (connects && !disconnects) builder.connect(row.integer(1));
    if (disconnects && !connects) builder.disconnect(row.integer(1));
  }
  if (user) visit(*user, builder.finish());
}

void each_connection(
    const Store& store, std::int64_t from, std::int64_t until,
    const std::function<void(std::int64_t user, std::int64_t at, bool connects, bool disconnects)>& visit) {
  auto row = store.db().prepare(
      "SELECT user, at, max(is_connect), min(is_connect) FROM connections WHERE at >= ? AND at < ? GROUP BY "
      "at, user");
  row.bind(from).bind(until);
  while (row.step()) visit(row.integer(0), row.integer(1), row.integer(2) == 1, row.integer(3) == 0);
}

std::optional<std::int64_t> first_connection(const Store& store) {
  auto row = store.db().prepare("SELECT min(at) FROM connections");
  row.step();
  return row.optional_integer(0);
}

std::optional<std::int64_t> last_connection(const Store& store, std::int64_t until) {
  auto row = store.db().prepare("SELECT max(at) FROM connections WHERE at <= ?");
  row.bind(until).step();
  return row.optional_integer(0);
}

}  // namespace deskloom::history
