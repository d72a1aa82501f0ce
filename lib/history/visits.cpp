#include "history/visits.hpp"

namespace deskloom::history {

void each_visit(const Store& store, std::int64_t from, std::int64_t until,
                const std::function<void(const VisitOf& visit)>& visit) {
  auto row =
      store.db().prepare("SELECT user, at, place FROM visits WHERE at >= ? AND at < ? ORDER BY at, user");
  row.bind(from).bind(until);
  while (row.step()) visit({row.integer(0), row.integer(1), row.integer(2)});
}

}  // namespace deskloom::history
