#include "history/sessions.hpp"

#include <algorithm>
#include <optional>

namespace deskloom::history {
namespace {

// Follows one user's connections in the order of time.
class SessionBuilder {
 public:
  explicit SessionBuilder(std::int64_t longest_s) : longest_s_(longest_s) {}

  void connect(std::int64_t at) {
    if (begin_s_ && at > *begin_s_ + longest_s_) end(*begin_s_ + longest_s_);
    if (!begin_s_) begin_s_ = at;
  }
  void disconnect(std::int64_t at) {
    if (begin_s_) end(std::min(at, *begin_s_ + longest_s_));
  }
  std::vector<domain::Session> finish() {
    if (begin_s_) end(*begin_s_ + longest_s_);
    return std::move(sessions_);
  }

 private:
  void end(std::int64_t at) {
    if (at > *begin_s_) sessions_.push_back({*begin_s_, at});
    begin_s_.reset();
  }

  std::int64_t longest_s_;
  std::optional<std::int64_t> begin_s_;
  std::vector<domain::Session> sessions_;
};

}  // namespace

// Who disconnects and connects within a second goes on, or has come and gone.
void each_user(
    const Store& store, std::chrono::seconds that_long,
    const std::function<void(const std::string& user, const std::vector<domain::Session>& sessions)>& visit) {
  auto row = store.db().prepare(
      "SELECT n.name, c.at, sum(is_connect), sum(NOT is_connect) FROM connections AS c JOIN names AS n ON "
      "n.id = c.user "
      "GROUP BY n.name, c.at ORDER BY n.name, c.at");
  std::optional<std::string> user;
  SessionBuilder builder(that_long.count());
  while (row.step()) {
    const std::string name = row.text(0);
    if (user != name) {
      if (user) visit(*user, builder.finish());
      user = name;
      builder = SessionBuilder(that_long.count());
    }
    const bool connects = row.integer(2) > 0, disconnects = row.integer(3) > 0;
    if (connects && !disconnects) builder.connect(row.integer(1));
    if (disconnects && !connects) builder.disconnect(row.integer(1));
  }
  if (user) visit(*user, builder.finish());
}

}  // namespace deskloom::history
