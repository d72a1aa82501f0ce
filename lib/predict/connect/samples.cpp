#include "predict/connect/samples.hpp"

#include <algorithm>
#include <map>

namespace deskloom::predict {

std::vector<std::size_t> numbered(const std::vector<Person>& people, std::string Person::*name) {
  std::map<std::string, std::size_t> numbers;
  std::vector<std::size_t> all;
  for (const Person& person : people)
    all.push_back(numbers.try_emplace(person.*name, numbers.size()).first->second);
  return all;
}

void each_connect_sample(
    const Dataset& dataset, const ConnectOptions& options, std::int64_t from, std::int64_t until,
    const std::function<bool(std::size_t user, std::int64_t slot, bool connects)>& choose,
    const std::function<void(const ConnectSample& sample)>& visit) {
  const TimeGrid& grid = dataset.grid;
  const auto departments = numbered(dataset.people, &Person::department);
  each_week(grid, dataset.users, options, 0, [&](const WalkedWeek& week) {
    if (week.last <= from || week.first >= until) return;
    const Crowd crowd(grid, week, departments);
    ConnectSample sample;
    for (sample.user = 0; sample.user < dataset.users.size(); ++sample.user) {
      const UserWeek& of_user = week.users[sample.user];
      const RecentUse recent(grid, week, crowd, sample.user, departments[sample.user],
                             dataset.users[sample.user].sessions, options.lead_s);
      for (sample.slot = std::max(week.first, from); sample.slot < std::min(week.last, until);
           ++sample.slot) {
        if (!of_user.is_away(sample.slot)) continue;
        sample.connects = of_user.connects(sample.slot, sample.slot + 1) > 0;
        if (!choose(sample.user, sample.slot, sample.connects)) continue;
        sample.ended = recent.ended(sample.slot);
        const auto habits = features_of(grid, week.turnout, of_user, week.of_all.connects,
                                        week.rates[sample.user].connects, sample.slot, sample.slot);
        const auto more = recent.features(sample.slot, sample.slot);
        std::ranges::copy(more, std::ranges::copy(habits, sample.inputs.begin()).out);
        visit(sample);
      }
    }
  });
}

}  // namespace deskloom::predict
