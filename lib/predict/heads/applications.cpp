#include "predict/heads/applications.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "predict/application/walk.hpp"
#include "predict/heads/sampling.hpp"
#include "predict/logistic.hpp"
#include "predict/softmax_regression.hpp"

namespace deskloom::predict {
namespace {

constexpr double most_learnt = 40'000, most_validated = 15'000;  // launches
constexpr std::int64_t settling_s = 7 * 86'400;

std::array<float, 4> time_of_day(int hour) {
  const double day = 2 * std::numbers::pi * hour / hours_per_day;
  return {static_cast<float>(std::sin(day)), static_cast<float>(std::cos(day)),
          static_cast<float>(std::sin(2 * day)), static_cast<float>(std::cos(2 * day))};
}

class Collecting {
 public:
  Collecting(const std::vector<UserLaunches>& users, const ApplicationModel& base, Knowledge& knowledge)
      : users_(users), base_(base), knowledge_(knowledge) {}

  void next(const ApplicationMemory& memory, const ApplicationTarget& target, HeadExamples& to) {
    const ApplicationOutlook outlook(memory, target.user, target.moment);
    const auto candidates = outlook.candidates();
    std::vector<float> probabilities(candidates.size() + 1);
    softmax(base_.next, outlook.features(), probabilities);
    const auto taken = std::ranges::find(candidates, target.application);
    to.add_choice(next_application_head_rows(outlook.features(), target.moment), probabilities,
                  static_cast<std::size_t>(taken - candidates.begin()), who(target));
  }

  void use(const ApplicationMemory& memory, const ApplicationTarget& target, HeadExamples& to) {
    for (const ApplicationId application : applications_of(memory, target.user)) {
      const auto features = features_of_use(memory, target.user, target.moment, application);
      to.add_chance(use_head_row(features, target.moment.hour),
                    static_cast<float>(forecast_use(base_, memory, target.user, target.moment, application)),
                    is_used(target, application), who(target));
    }
  }

 private:
  std::uint32_t who(const ApplicationTarget& target) {
    return knowledge_.row(users_[target.user].user, target.moment.time_s);
  }

  const std::vector<UserLaunches>& users_;
  const ApplicationModel& base_;
  Knowledge& knowledge_;
};

}  // namespace

std::vector<float> next_application_head_rows(std::span<const float> features,
                                              const ApplicationMoment& moment) {
  std::vector<float> rows;
  const auto time = time_of_day(moment.hour);
  for (std::size_t row = 0; row < features.size() / application_features; ++row) {
    const auto of_row = features.subspan(row * application_features, application_features);
    rows.insert(rows.end(), of_row.begin(), of_row.end());
    rows.insert(rows.end(), time.begin(), time.end());
    rows.push_back(moment.is_first ? 1 : 0);
  }
  return rows;
}

std::vector<float> use_head_row(std::span<const float, use_features> features, int hour) {
  std::vector<float> row(features.begin(), features.end());
  const auto time = time_of_day(hour);
  row.insert(row.end(), time.begin(), time.end());
  return row;
}

ApplicationForecast forecast_application(const ApplicationModel& model, const ApplicationOutlook& outlook,
                                         const ApplicationMoment& moment, const HeadOfUser& head) {
  std::vector<float> probabilities(outlook.candidates().size() + 1);
  softmax(model.next, outlook.features(), probabilities);
  correct_choice(head, next_application_head_rows(outlook.features(), moment), probabilities);
  return forecast_of(outlook, probabilities);
}

UseForecast forecast_uses(const ApplicationModel& model, const UserUse& user, const RoleUse& role, int hour,
                          const HeadOfUser& head) {
  std::vector<float> rows, probabilities;
  const auto uses = features_of_uses(user, role, hour);
  for (const auto& [id, features] : uses) {
    const auto row = use_head_row(features, hour);
    rows.insert(rows.end(), row.begin(), row.end());
    probabilities.push_back(static_cast<float>(logistic(model.in_session, features)));
  }
  correct_chances(head, rows, probabilities);
  UseForecast forecast;
  for (std::size_t i = 0; i < uses.size(); ++i) forecast.emplace_back(uses[i].first, probabilities[i]);
  std::ranges::stable_sort(forecast, std::ranges::greater{}, &std::pair<ApplicationId, float>::second);
  return forecast;
}

ApplicationHeadSets application_head_sets(const base::TimeZone& zone, const std::vector<UserLaunches>& users,
                                          std::int64_t validated_from_s, std::int64_t until_s,
                                          Knowledge& knowledge) {
  ApplicationHeadSets sets;
  const ApplicationModel base = learn_applications(zone, users, validated_from_s);
  std::int64_t begin_s = until_s;
  for (const UserLaunches& user : users)
    if (!user.launches.empty()) begin_s = std::min(begin_s, user.launches.front().time_s);
  const auto sampler = [&](double most, std::int64_t from_s, std::int64_t last_s) {
    return sampler_of(most, users, &UserLaunches::launches, &ApplicationLaunch::time_s, from_s, last_s);
  };
  Sampler from_learnt = sampler(most_learnt, begin_s, validated_from_s);
  Sampler from_validated = sampler(most_validated, validated_from_s, until_s);
  Collecting collecting(users, base, knowledge);
  each_application(zone, users, until_s,
                   [&](const ApplicationMemory& memory, const ApplicationTarget& target) {
                     if (target.time_s < begin_s + settling_s) return;
                     const bool is_learnt = target.time_s < validated_from_s;
                     if (!(is_learnt ? from_learnt : from_validated).takes()) return;
                     collecting.next(memory, target, is_learnt ? sets.next.learnt : sets.next.validated);
                     if (target.moment.is_first)
                       collecting.use(memory, target, is_learnt ? sets.use.learnt : sets.use.validated);
                   });
  return sets;
}

}  // namespace deskloom::predict
