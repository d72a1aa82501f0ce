#include "history/hours.hpp"

#include <string>
#include <vector>

#include "base/text.hpp"

namespace deskloom::history {

void each_hour_of_use(const Store& store, std::int64_t from, std::int64_t until,
                      const std::function<void(const HourOfUse& hour)>& visit) {
  std::vector<std::string> metrics;
  for (const auto& [metric, name] : domain::metric_names) metrics.emplace_back(name);
  auto row = store.db().prepare("SELECT user, at, " + base::join(metrics, ", ") +
                                " FROM hours WHERE at >= ? AND at < ?");
  row.bind(from).bind(until);
  while (row.step()) {
    HourOfUse hour{row.integer(0), row.integer(1), {}};
    for (std::size_t metric = 0; metric < hour.means.size(); ++metric)
      hour.means[metric] = row.real(static_cast<int>(metric) + 2);
    visit(hour);
  }
}

}  // namespace deskloom::history
