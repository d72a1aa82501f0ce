#include "state/apps.hpp"

#include "base/error.hpp"

namespace deskloom::state {
namespace {

using domain::AppSession;

const std::string select =
    "SELECT id, user, app, persona, document, reason, instance, is_borrowed, state, error, began_at, "
    "ended_at FROM app_sessions ";

AppSession session_of(const base::Statement& row) {
  AppSession session{.id = row.integer(0),
                     .user = row.text(1),
                     .app = row.text(2),
                     .persona = row.optional_text(3),
                     .document = row.optional_text(4),
                     .reason = row.text(5),
                     .instance = row.text(6),
                     .is_borrowed = row.integer(7) != 0,
                     .state = domain::parse_app_state(row.text(8)),
                     .error = row.optional_text(9),
                     .began_at = base::from_ns(row.integer(10))};
  if (const auto at = row.optional_integer(11)) session.ended_at = base::from_ns(*at);
  return session;
}

std::vector<AppSession> sessions_of(base::Statement& row) {
  std::vector<AppSession> sessions;
  while (row.step()) sessions.push_back(session_of(row));
  return sessions;
}

}  // namespace

std::int64_t Apps::begin(const AppSession& session) const {
  base::Transaction transaction(db_);
  if (open_of(session.user, session.app)) {
    throw base::Error(
        base::ErrorKind::locked, "user '" + session.user + "' uses application '" + session.app + "' already",
        "another command gave it; run 'deskloom app assign " + session.user + " " + session.app + "' again");
  }
  auto row = db_.prepare(
      "INSERT INTO app_sessions (user, app, persona, document, reason, instance, is_borrowed, state, "
      "began_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
  row.bind(session.user)
      .bind(session.app)
      .bind(session.persona)
      .bind(session.document)
      .bind(session.reason)
      .bind(session.instance)
      .bind(std::int64_t{session.is_borrowed})
      .bind(domain::to_string(session.state))
      .bind(base::to_ns(session.began_at))
      .step();
  const std::int64_t id = row.integer(0);
  row.run();
  transaction.commit();
  return id;
}

void Apps::set_state(std::int64_t id, domain::AppState state, const std::optional<std::string>& error) const {
  db_.prepare("UPDATE app_sessions SET state = ?, error = ? WHERE id = ? AND ended_at IS NULL")
      .bind(domain::to_string(state))
      .bind(error)
      .bind(id)
      .run();
}

void Apps::set_borrowed(std::int64_t id, bool is_borrowed) const {
  db_.prepare("UPDATE app_sessions SET is_borrowed = ? WHERE id = ?")
      .bind(std::int64_t{is_borrowed})
      .bind(id)
      .run();
}

void Apps::end(std::int64_t id, base::Timestamp at) const {
  db_.prepare("UPDATE app_sessions SET state = 'ended', ended_at = ? WHERE id = ? AND ended_at IS NULL")
      .bind(base::to_ns(at))
      .bind(id)
      .run();
}

std::optional<AppSession> Apps::find(std::int64_t id) const {
  auto row = db_.prepare(select + "WHERE id = ?");
  return row.bind(id).step() ? std::optional(session_of(row)) : std::nullopt;
}

std::optional<AppSession> Apps::open_of(const std::string& user, const std::string& app) const {
  auto row = db_.prepare(select + "WHERE user = ? AND app = ? AND ended_at IS NULL");
  return row.bind(user).bind(app).step() ? std::optional(session_of(row)) : std::nullopt;
}

std::vector<AppSession> Apps::open() const {
  auto row = db_.prepare(select + "WHERE ended_at IS NULL ORDER BY user, app");
  return sessions_of(row);
}

std::vector<AppSession> Apps::open_of(const std::string& user) const {
  auto row = db_.prepare(select + "WHERE user = ? AND ended_at IS NULL ORDER BY app");
  return sessions_of(row.bind(user));
}

std::vector<AppSession> Apps::open_on(const std::string& instance) const {
  auto row = db_.prepare(select + "WHERE instance = ? AND ended_at IS NULL ORDER BY id");
  return sessions_of(row.bind(instance));
}

std::vector<AppSession> Apps::since(base::Timestamp at) const {
  auto row = db_.prepare(select + "WHERE ended_at IS NULL OR ended_at > ? ORDER BY began_at, id");
  return sessions_of(row.bind(base::to_ns(at)));
}

}  // namespace deskloom::state
