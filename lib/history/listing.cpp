#include "history/listing.hpp"

#include <array>

#include "base/error.hpp"
#include "history/names.hpp"
#include "history/steps.hpp"

namespace deskloom::history {
namespace {

// Columns: at, user, type, object, value. Each ends at the limit, so that no table is read to its end.
constexpr std::array selects{
    "SELECT at, user, iif(is_connect, 'connect', 'disconnect'), NULL, NULL FROM connections",
    "SELECT at, user, 'launch', application, nullif(dwell_s, 0) FROM launches",
    "SELECT at, user, 'files', type, count FROM file_uses",
    "SELECT at, user, 'location', place, NULL FROM visits",
    "SELECT at, user, 'sample', NULL, NULL FROM samples"};

std::string query(bool of_one_user) {
  std::string all;
  for (const char* select : selects) {
    if (!all.empty()) all += " UNION ALL ";
    all += std::string("SELECT * FROM (") + select + (of_one_user ? " WHERE user = ?1" : "") +
           " ORDER BY at DESC LIMIT ?2)";
  }
  return "SELECT e.at, u.name, e.type, o.name, e.value FROM (SELECT 0 AS at, 0 AS user, '' AS type, 0 AS "
         "object, "
         "0 AS value WHERE 0 UNION ALL " +
         all +
         ") AS e JOIN names AS u ON u.id = e.user LEFT JOIN names AS o ON o.id = e.object "
         "ORDER BY e.at DESC, e.user LIMIT ?2";
}

std::int64_t number_of(const Store& store, const std::string& user) {
  auto row = store.db().prepare("SELECT id FROM names WHERE kind = ? AND name = ?");
  row.bind(static_cast<std::int64_t>(NameKind::user)).bind(user);
  if (row.step()) return row.integer(0);
  throw base::Error(base::ErrorKind::not_found, "nothing is recorded of user '" + user + "'",
                    "'deskloom event list' shows the newest of everybody");
}

}  // namespace

std::vector<Event> newest_events(const Store& store, const std::optional<std::string>& user, int limit) {
  auto row = store.db().prepare(query(user.has_value()));
  row.bind(user ? number_of(store, *user) : 0).bind(static_cast<std::int64_t>(limit));
  std::vector<Event> events;
  while (row.step()) {
    events.push_back(
        {base::from_seconds(row.integer(0)), row.text(1), row.text(2), row.text(3), row.optional_integer(4)});
  }
  return events;
}

}  // namespace deskloom::history
