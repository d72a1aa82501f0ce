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

ConnectInputs inputs_of(const AheadFeatures& features, const RecentFeatures& recent) {
  ConnectInputs inputs{};
  std::ranges::copy(recent, std::ranges::copy(features, inputs.begin()).out);
  return inputs;
}

void each_connect_sample(
    const Dataset& dataset, const ConnectOptions& options, const SampledSpan& span,
    const std::function<bool(std::size_t user, std::int64_t slot, std::int64_t ahead, bool connects)>& choose,
    const std::function<void(const ConnectSample& sample)>& visit) {
  const TimeGrid& grid = dataset.grid;
  const KnownFuture calendars(grid, dataset.calendars);
  const auto departments = numbered(dataset.people, &Person::department);
  std::vector<GroupedSessions> grouped;
  for (std::size_t user = 0; user < dataset.users.size(); ++user)
    grouped.push_back({dataset.users[user].sessions, departments[user]});
  each_week(grid, dataset.users, options, span.aheads - 1, [&](const WalkedWeek& week) {
    if (week.last <= span.from || week.first >= span.until) return;
    const Crowd crowd(grid, week, departments);
    const Endings endings(grid, week.first, week.last, options.lead_s, grouped);
    ConnectSample sample;
    for (sample.user = 0; sample.user < dataset.users.size(); ++sample.user) {
      const UserWeek& of_user = week.users[sample.user];
      const HabitRates& rates = week.rates[sample.user];
      const auto& sessions = dataset.users[sample.user].sessions;
      const Past past{sessions, 0, sessions.empty() ? 0 : sessions.front().begin_s};
      const RecentUse recent(grid, crowd, endings,
                             {of_user, rates, week.first, week.last, past, departments[sample.user]},
                             options.lead_s);
      for (std::int64_t origin = std::max(week.first, span.from); origin < std::min(week.last, span.until);
           ++origin) {
        for (sample.ahead = 0; sample.ahead < span.aheads; ++sample.ahead) {
          sample.slot = origin + sample.ahead;
          if (sample.slot >= span.until || grid.is_excluded(sample.slot)) continue;
          if (sample.ahead == 0 && !of_user.is_away(origin)) continue;
          sample.connects = of_user.connects(sample.slot, sample.slot + 1) > 0;
          if (!choose(sample.user, sample.slot, sample.ahead, sample.connects)) continue;
          sample.ended = recent.ended(origin);
          sample.inputs = inputs_of(ahead_features_of(grid, week.turnout, week.of_all, calendars,
                                                      {of_user, rates, sample.user}, origin, sample.slot),
                                    recent.features(origin, sample.slot));
          visit(sample);
        }
      }
    }
  });
}

}  // namespace deskloom::predict
