#include "history/samples.hpp"

namespace deskloom::history {

std::vector<domain::Sample> samples_since(const Store& store, const std::string& user, base::Timestamp from) {
  std::string columns;
  for (const auto& [metric, name] : domain::metric_names) columns += ", s." + std::string(name);
  auto row = store.db().prepare("SELECT s.at" + columns +
                                " FROM samples AS s JOIN names AS n ON n.id = s.user AND n.kind = 1 "
                                "WHERE s.at >= ? AND n.name = ? ORDER BY s.at");
  row.bind(base::to_seconds(from)).bind(user);
  std::vector<domain::Sample> samples;
  while (row.step()) {
    domain::Sample sample{user, base::from_seconds(row.integer(0))};
    for (std::size_t i = 0; i < domain::metric_count; ++i)
      sample.values[i] = row.real(static_cast<int>(i) + 1);
    samples.push_back(sample);
  }
  return samples;
}

}  // namespace deskloom::history
