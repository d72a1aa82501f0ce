#include "predict/application/model.hpp"

#include <algorithm>
#include <cmath>

#include "predict/application/walk.hpp"
#include "predict/logistic.hpp"
#include "predict/network/sampler.hpp"
#include "predict/softmax_regression.hpp"

namespace deskloom::predict {
namespace {

constexpr std::int64_t settling_s = 604'800;  // a week
constexpr double most_values = 6'000'000;     // features of all examples
constexpr double ridge = 5;

class Learner {
 public:
  Learner(double share, std::int64_t from_s) : sampler_(share), use_sampler_(share), from_s_(from_s) {
    uses_.width = use_features;
  }

  void add(const ApplicationMemory& memory, const ApplicationTarget& target) {
    if (target.time_s < from_s_) return;
    if (sampler_.takes()) add_next(memory, target);
    if (target.moment.is_first && use_sampler_.takes()) add_uses(memory, target);
  }

  ApplicationModel fit() const {
    ApplicationModel model = usual_application_model();
    std::ranges::copy(fit_softmax(next_, model.next, ridge), model.next.begin());
    if (uses_.size() > 0)
      std::ranges::copy(fit_logistic(uses_, ridge, model.in_session), model.in_session.begin());
    return model;
  }

 private:
  void add_next(const ApplicationMemory& memory, const ApplicationTarget& target) {
    const ApplicationOutlook outlook(memory, target.user, target.moment);
    const auto candidates = outlook.candidates();
    const auto found = std::ranges::find(candidates, target.application);
    next_.add(outlook.features(), static_cast<std::size_t>(found - candidates.begin()));
  }

  void add_uses(const ApplicationMemory& memory, const ApplicationTarget& target) {
    for (const ApplicationId application : applications_of(memory, target.user)) {
      const auto row = features_of_use(memory, target.user, target.moment, application);
      uses_.features.insert(uses_.features.end(), row.begin(), row.end());
      uses_.weights.push_back(1);
      uses_.outcomes.push_back(is_used(target, application) ? 1 : 0);
    }
  }

  Sampler sampler_, use_sampler_;
  std::int64_t from_s_;
  Choices next_{application_features};
  Examples uses_;
};

// How large a share of the launches may be learnt from.
double share_that_fits(const std::vector<UserLaunches>& users, std::int64_t until_s) {
  double launches = 0;
  std::unordered_set<ApplicationId> applications;
  for (const UserLaunches& user : users) {
    for (const ApplicationLaunch& launch : user.launches) {
      if (launch.time_s >= until_s) break;
      applications.insert(launch.application);
      ++launches;
    }
  }
  const std::size_t rows = std::min(applications.size(), most_applications) + 1;
  return std::min(1.0,
                  most_values / std::max(launches * static_cast<double>(rows * application_features), 1.0));
}

}  // namespace

const ApplicationModel& usual_application_model() {
  static const ApplicationModel model = [] {
    ApplicationModel usual;
    usual.next[share_after_last] = usual.next[share_in_position] = usual.next[share_of_late_launches] = 0.2F;
    usual.next[share_of_role_after_last] = usual.next[share_of_role_in_position] = 0.2F;
    usual.next[share_of_launches] = usual.next[share_after_two] = usual.next[share_at_hour_of_day] = 0.1F;
    usual.next[launches_ago] = -0.1F;
    usual.in_session = {0, 0.9, 0.1, 0.2, 0.1, 0.3};
    return usual;
  }();
  return model;
}

ApplicationForecast forecast_of(const ApplicationOutlook& outlook, std::span<const float> probabilities) {
  const auto candidates = outlook.candidates();
  ApplicationForecast forecast;
  forecast.anything_else = probabilities.back();
  for (std::size_t row = 0; row < candidates.size(); ++row)
    forecast.applications.emplace_back(candidates[row], probabilities[row]);
  std::ranges::stable_sort(forecast.applications, std::ranges::greater{},
                           &std::pair<ApplicationId, float>::second);
  return forecast;
}

ApplicationForecast forecast_application(const ApplicationModel& model, const ApplicationOutlook& outlook) {
  std::vector<float> probabilities(outlook.candidates().size() + 1);
  softmax(model.next, outlook.features(), probabilities);
  return forecast_of(outlook, probabilities);
}

std::vector<ApplicationId> applications_of(const ApplicationMemory& memory, std::size_t user) {
  std::vector<ApplicationId> applications;
  for (const auto& [application, count] : memory.user(user).habits.often.counts())
    applications.push_back(application);
  std::ranges::sort(applications);
  return applications;
}

std::array<float, use_features> features_of_use(const ApplicationMemory& memory, std::size_t user,
                                                const ApplicationMoment& moment, ApplicationId application) {
  const ApplicationHabits &of_user = memory.user(user).habits, &of_role = memory.role_of(user);
  const Tally& at_hour = of_user.by_hour[static_cast<std::size_t>(moment.hour)];
  UseCounts counts;
  counts.sessions = of_user.in_sessions.of(application, moment.time_s);
  counts.all_sessions = of_user.in_sessions.of(ApplicationMemory::any_session, moment.time_s);
  counts.role_sessions = of_role.in_sessions.of(application, moment.time_s);
  counts.all_role_sessions = of_role.in_sessions.of(ApplicationMemory::any_session, moment.time_s);
  counts.launches = of_user.often.of(application, moment.time_s);
  counts.all_launches = of_user.often.all(moment.time_s);
  counts.at_hour = at_hour.of(application);
  counts.all_at_hour = at_hour.all();
  counts.in_last = memory.user(user).session.contains(application);
  counts.in_one_before = memory.user(user).last_session.contains(application);
  return features_of_use(counts);
}

double forecast_use(const ApplicationModel& model, const ApplicationMemory& memory, std::size_t user,
                    const ApplicationMoment& moment, ApplicationId application) {
  return logistic(model.in_session, features_of_use(memory, user, moment, application));
}

ApplicationModel learn_applications(const base::TimeZone& zone, const std::vector<UserLaunches>& users,
                                    std::int64_t until_s) {
  std::int64_t begin_s = until_s;
  for (const UserLaunches& user : users) {
    if (!user.launches.empty()) begin_s = std::min(begin_s, user.launches.front().time_s);
  }
  Learner learner(share_that_fits(users, until_s), begin_s + settling_s);
  each_application(
      zone, users, until_s,
      [&](const ApplicationMemory& memory, const ApplicationTarget& target) { learner.add(memory, target); });
  return learner.fit();
}

}  // namespace deskloom::predict
