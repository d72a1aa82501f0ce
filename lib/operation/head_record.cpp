#include "operation/head_record.hpp"

#include <set>

#include "history/names.hpp"
#include "operation/evaluation_record.hpp"
#include "operation/place_groups.hpp"
#include "operation/resources.hpp"
#include "predict/spread.hpp"

namespace deskloom::operation {
namespace {

constexpr std::int64_t hour_s = 3600;
// What a head learns is the same for all: so many users are enough.
constexpr std::size_t most_users = 1000;
// Of launches, and of hours of use.
constexpr std::int64_t look_back_s = 16 * 7 * 24 * hour_s;

std::set<std::string> some_users(const UsageSource& source) {
  const auto names = history::names_by_number(source.history.db(), history::NameKind::user);
  const double share =
      static_cast<double>(most_users) / static_cast<double>(std::max(names.size(), most_users));
  std::set<std::string> taken;
  for (const auto& [number, name] : names)
    if (predict::spread(static_cast<std::uint64_t>(number)) < share) taken.insert(name);
  return taken;
}

}  // namespace

predict::HeadRecord head_record(const UsageSource& source, const predict::TimeGrid& grid) {
  const auto users = some_users(source);
  const auto takes = [&](const std::string& user) { return users.contains(user); };
  const std::int64_t until_s = grid.time_s(grid.slots());
  const std::int64_t from_s = std::max(grid.begin_s(), until_s - look_back_s);
  predict::HeadRecord record;
  record.launches = recorded_launches(source, from_s, until_s, takes);
  record.sightings = recorded_sightings(source, grid, takes);
  record.holidays = holidays_of(source, grid);
  for (MeasuredUser& user : measured(source, from_s / hour_s, until_s / hour_s, most_users)) {
    for (const auto& [metric, name] : domain::metric_names) {
      predict::HourlyAmounts& amounts = user.amounts[static_cast<std::size_t>(metric)];
      if (!amounts.amounts.empty())
        record.amounts[std::string(name)].push_back({user.name, std::move(amounts)});
    }
  }
  return record;
}

}  // namespace deskloom::operation
