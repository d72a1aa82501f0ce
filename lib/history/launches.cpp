#include "history/launches.hpp"

namespace deskloom::history {

void each_launch(const Store& store, std::int64_t from, std::int64_t until,
                 const std::function<void(const LaunchOf& launch)>& visit) {
  auto row = store.db().prepare(
      "SELECT user, at, application, dwell_s FROM launches WHERE at >= ? AND at < ? ORDER BY at, user");
  row.bind(from).bind(until);
  while (row.step()) visit({row.integer(0), row.integer(1), row.integer(2), row.integer(3)});
}

std::optional<std::int64_t> first_launch(const Store& store) {
  auto row = store.db().prepare("SELECT min(at) FROM launches");
  row.step();
  return row.optional_integer(0);
}

}  // namespace deskloom::history
