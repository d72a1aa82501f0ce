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
constexpr double role_sessions = 4;  // how many sessions of the user's own the role's habits stand for

double logit_of_share(double used, double all, double prior, double prior_weight) {
  const double share = (used + prior_weight * prior) / (all + prior_weight);
  return std::log(share / (1 - share));
}

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
    if (uses_.size() > 0) std::ranges::copy(fit_logistic(uses_, ridge), model.in_session.begin());
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

ApplicationForecast forecast_application(const ApplicationModel& model, const ApplicationOutlook& outlook) {
  const auto candidates = outlook.candidates();
  std::vector<float> probabilities(candidates.size() + 1);
  softmax(model.next, outlook.features(), probabilities);
  ApplicationForecast forecast;
  forecast.anything_else = probabilities.back();
  for (std::size_t row = 0; row < candidates.size(); ++row)
    forecast.applications.emplace_back(candidates[row], probabilities[row]);
  std::ranges::stable_sort(forecast.applications, std::ranges::greater{},
                           &std::pair<ApplicationId, float>::second);
  return forecast;
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
  constexpr double even = 0.5;
  const ApplicationUser& seen = memory.user(user);
  const auto logit = [&](const ApplicationHabits& habits, double prior, double prior_weight) {
    return logit_of_share(habits.in_sessions.of(application, moment.time_s),
                          habits.in_sessions.of(ApplicationMemory::any_session, moment.time_s), prior,
                          prior_weight);
  };
  const double by_role = logit(memory.role_of(user), even, 1);
  const double by_user = logit(seen.habits, 1 / (1 + std::exp(-by_role)), role_sessions);
  const double often = seen.habits.often.share(application, moment.time_s, even, 1);
  const double at_hour =
      seen.habits.by_hour[static_cast<std::size_t>(moment.hour)].share(application, often, 1);
  return {1,
          static_cast<float>(by_user),
          static_cast<float>(by_role),
          seen.session.contains(application) ? 1.0F : 0.0F,
          seen.last_session.contains(application) ? 1.0F : 0.0F,
          static_cast<float>(std::log(at_hour / often))};
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
