#include "history/visits.hpp"

namespace deskloom::history {

void each_visit(const Store& store, std::int64_t from, std::int64_t until,
                const std::function<void(const VisitOf& visit)>& visit) {
  auto row =
      store.db().prepare("SELECT user, at, place FROM visits WHERE at >= ? AND at < ? ORDER BY at, user");
  row.bind(from).bind(until);
  while (row.step()) visit({row.integer(0), row.integer(1), row.integer(2)});
}

std::set<std::string> places_of_at_least(const Store& store, std::int64_t users) {
  auto row = store.db().prepare(
      "SELECT n.name FROM visits AS v JOIN names AS n ON n.id = v.place "
      "GROUP BY v.place HAVING count(DISTINCT v.user) >= ?");
  row.bind(users);
  std::set<std::string> places;
  while (row.step()) places.insert(row.text(0));
  return places;
}

}  // namespace deskloom::history
