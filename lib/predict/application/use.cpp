#include "predict/application/use.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "predict/logistic.hpp"

namespace deskloom::predict {
namespace {

constexpr double even = 0.5;
constexpr double role_sessions = 4;  // how many sessions of the user's own the role's habits stand for
constexpr double least_common = 0.05;
constexpr int hours = static_cast<int>(hours_per_day);

double logit_of_share(double used, double all, double prior, double prior_weight) {
  const double share = (used + prior_weight * prior) / (all + prior_weight);
  return std::log(share / (1 - share));
}

double count_at(const UserUse::Application& application, int hour) {
  return application.half_launches[static_cast<std::size_t>(hour)] / 2.0;
}

// What is known of the user, whatever the application.
UseCounts counts_of(const UserUse& user, const RoleUse& role, int hour) {
  UseCounts counts;
  counts.all_sessions = static_cast<double>(user.sessions);
  counts.all_role_sessions = role.all();
  for (const UserUse::Application& application : user.applications) {
    counts.all_launches += static_cast<double>(application.launches);
    counts.all_at_hour += count_at(application, hour);
  }
  return counts;
}

}  // namespace

std::array<float, use_features> features_of_use(const UseCounts& counts) {
  const double by_role = logit_of_share(counts.role_sessions, counts.all_role_sessions, even, 1);
  const double by_user =
      logit_of_share(counts.sessions, counts.all_sessions, 1 / (1 + std::exp(-by_role)), role_sessions);
  const double often = (counts.launches + even) / (counts.all_launches + 1);
  const double at_hour = (counts.at_hour + often) / (counts.all_at_hour + 1);
  return {1,
          static_cast<float>(by_user),
          static_cast<float>(by_role),
          counts.in_last ? 1.0F : 0.0F,
          counts.in_one_before ? 1.0F : 0.0F,
          static_cast<float>(std::log(at_hour / often))};
}

void UserUse::fade_to(std::int64_t time_s) {
  const auto passed_s = static_cast<double>(std::max<std::int64_t>(time_s - faded_to_s, 0));
  faded_to_s = std::max(faded_to_s, time_s);
  const auto of_launches = static_cast<float>(std::exp2(-passed_s / often_half_life_s));
  const auto of_sessions = static_cast<float>(std::exp2(-passed_s / sessions_half_life_s));
  for (Application& application : applications) {
    application.launches *= of_launches;
    application.sessions *= of_sessions;
  }
  sessions *= of_sessions;
}

void UserUse::close_session() {
  for (Application& application : applications) {
    if (application.in_session) application.sessions += 1;
    application.in_one_before = std::exchange(application.in_session, false);
  }
  sessions += 1;
}

UserUse::Application& UserUse::remember(ApplicationId id) {
  auto place = std::ranges::lower_bound(applications, id, {}, &Application::id);
  if (place != applications.end() && place->id == id) return *place;
  if (applications.size() >= most_applications) {
    applications.erase(std::ranges::min_element(applications, {}, &Application::launches));
    place = std::ranges::lower_bound(applications, id, {}, &Application::id);
  }
  Application application;
  application.id = id;
  return *applications.insert(place, application);
}

void UserUse::see(const ApplicationLaunch& launch, int hour) {
  fade_to(launch.time_s);
  if (!applications.empty() && launch.time_s - in_use_until_s > session_gap_s) close_session();
  Application& application = remember(launch.application);
  application.launches += 1;
  application.in_session = true;
  for (const int off : {-1, 0, 1}) {
    std::uint16_t& halves = application.half_launches[static_cast<std::size_t>((hour + off + hours) % hours)];
    constexpr int most = std::numeric_limits<std::uint16_t>::max();
    halves = static_cast<std::uint16_t>(std::min(most, halves + (off == 0 ? 2 : 1)));
  }
  in_use_until_s = std::max(in_use_until_s, used_until_s(launch));
}

void RoleUse::add(const UserUse& user) {
  for (const UserUse::Application& application : user.applications)
    sessions_[application.id] += static_cast<double>(application.sessions);
  all_ += static_cast<double>(user.sessions);
}

double RoleUse::of(ApplicationId application) const {
  const auto found = sessions_.find(application);
  return found == sessions_.end() ? 0 : found->second;
}

std::vector<ApplicationId> RoleUse::common(double least_share) const {
  std::vector<ApplicationId> common;
  for (const auto& [application, sessions] : sessions_)
    if (sessions >= least_share * (all_ + 1)) common.push_back(application);
  std::ranges::sort(common);
  return common;
}

std::vector<UseFeatures> features_of_uses(const UserUse& user, const RoleUse& role, int hour) {
  const UseCounts of_user = counts_of(user, role, hour);
  std::vector<UseFeatures> uses;
  const auto add = [&](ApplicationId id, UseCounts counts) {
    counts.role_sessions = role.of(id);
    uses.emplace_back(id, features_of_use(counts));
  };
  for (const UserUse::Application& application : user.applications) {
    UseCounts counts = of_user;
    counts.sessions = static_cast<double>(application.sessions);
    counts.launches = static_cast<double>(application.launches);
    counts.at_hour = count_at(application, hour);
    counts.in_last = application.in_session;
    counts.in_one_before = application.in_one_before;
    add(application.id, counts);
  }
  for (const ApplicationId id : role.common(least_common))
    if (!std::ranges::binary_search(user.applications, id, {}, &UserUse::Application::id)) add(id, of_user);
  return uses;
}

UseForecast forecast_uses(const std::array<double, use_features>& weights, const UserUse& user,
                          const RoleUse& role, int hour) {
  UseForecast uses;
  for (const auto& [id, features] : features_of_uses(user, role, hour))
    uses.emplace_back(id, static_cast<float>(logistic(weights, features)));
  std::ranges::stable_sort(uses, std::ranges::greater{}, &std::pair<ApplicationId, float>::second);
  return uses;
}

}  // namespace deskloom::predict
