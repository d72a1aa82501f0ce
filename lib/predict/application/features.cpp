#include "predict/application/features.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace deskloom::predict {
namespace {

// How many launches a prior stands for.
constexpr double weight_of_all = 2, weight_of_role = 5, weight_of_user = 3, weight_of_chain = 2;
constexpr double least_share = 1e-6;

const Tally none;

const Tally& after(const ApplicationHabits& habits, const std::optional<ApplicationLaunch>& last) {
  if (!last) return none;
  const auto found = habits.after.find(last->application);
  return found == habits.after.end() ? none : found->second;
}

const Tally& after_both(const ApplicationUser& user) {
  if (!user.before_last) return none;
  const auto found = user.habits.after_two.find(
      ApplicationMemory::pair(user.before_last->application, user.last->application));
  return found == user.habits.after_two.end() ? none : found->second;
}

}  // namespace

ApplicationOutlook::ApplicationOutlook(const ApplicationMemory& memory, std::size_t user,
                                       const ApplicationMoment& moment)
    : memory_(memory), user_(memory.user(user)), role_(memory.role_of(user)), moment_(moment) {
  choose_candidates();
  rows_.assign((candidates_.size() + 1) * application_features, 0);
  for (std::size_t row = 0; row < candidates_.size(); ++row) write(row, candidates_[row]);
  write_else(candidates_.size());
}

void ApplicationOutlook::choose_candidates() {
  for (const auto& [application, count] : role_.often.counts()) candidates_.push_back(application);
  std::ranges::sort(candidates_);
  if (candidates_.size() <= most_applications) return;
  const auto end = candidates_.begin() + most_applications;
  std::ranges::nth_element(candidates_, end, std::ranges::greater{},
                           [&](ApplicationId application) { return by_frequency(application); });
  candidates_.erase(end, candidates_.end());
  std::ranges::sort(candidates_);
}

double ApplicationOutlook::by_everybody(ApplicationId application) const {
  const FadingTally& often = memory_.everybody().often;
  return often.of(application, moment_.time_s) / (often.all(moment_.time_s) + 1);
}

double ApplicationOutlook::by_role(ApplicationId application) const {
  return role_.often.share(application, moment_.time_s, by_everybody(application), weight_of_all);
}

double ApplicationOutlook::by_frequency(ApplicationId application) const {
  return user_.habits.often.share(application, moment_.time_s, by_role(application), weight_of_role);
}

double ApplicationOutlook::by_chain(ApplicationId application) const {
  const double by_roles_chain =
      after(role_, user_.last).share(application, by_frequency(application), weight_of_user);
  return after(user_.habits, user_.last).share(application, by_roles_chain, weight_of_user);
}

double ApplicationOutlook::share_of_else(ApplicationId application) const {
  double left = 1;
  for (const ApplicationId candidate : candidates_) left -= by_everybody(candidate);
  return std::min(1.0, by_everybody(application) / std::max(left, least_share));
}

void ApplicationOutlook::write(std::size_t row, ApplicationId application) {
  float* features = &rows_[row * application_features];
  const ApplicationHabits& habits = user_.habits;
  const double role = by_role(application), often = by_frequency(application);
  const double chain = after(habits, user_.last).share(application, often, weight_of_chain);
  const double roles_chain = after(role_, user_.last).share(application, role, weight_of_chain);
  const auto hour = static_cast<std::size_t>(moment_.hour);
  const auto position = [&](const ApplicationHabits& of) -> const Tally& {
    return moment_.is_first ? of.first : of.later;
  };
  const std::array<double, application_shares> values{
      often,
      habits.lately.share(application, moment_.time_s, often, weight_of_user),
      chain,
      after_both(user_).share(application, chain, weight_of_chain),
      habits.by_hour[hour].share(application, often, weight_of_user),
      position(habits).share(application, often, weight_of_user),
      roles_chain,
      position(role_).share(application, role, weight_of_user),
      role};
  for (std::size_t i = 0; i < values.size(); ++i)
    features[i] = static_cast<float>(std::log(std::max(values[i], least_share)));
  const auto is = [&](const std::optional<ApplicationLaunch>& launch) {
    return launch && launch->application == application ? 1.0F : 0.0F;
  };
  features[moment_.is_first ? is_last_of_session_before : is_last] = is(user_.last);
  features[is_before_last] = is(user_.before_last);
  features[used_in_session] = !moment_.is_first && user_.session.contains(application) ? 1.0F : 0.0F;
  const auto newest = user_.newest.find(application);
  const std::uint32_t ago = user_.launches + 1 - (newest == user_.newest.end() ? 0 : newest->second);
  features[launches_ago] = std::log(static_cast<float>(ago));
}

void ApplicationOutlook::write_else(std::size_t row) {
  float* features = &rows_[row * application_features];
  for (std::size_t column = 0; column < application_shares; ++column) {
    double left = 1;
    for (std::size_t other = 0; other < row; ++other)
      left -= std::exp(static_cast<double>(rows_[other * application_features + column]));
    features[column] = static_cast<float>(std::log(std::max(left, least_share)));
  }
  features[launches_ago] = std::log(static_cast<float>(user_.launches + 1));
  features[anything_else] = 1;
  features[else_new_to_user] = static_cast<float>(std::log((user_.news + 1) / (user_.launches + 2.0)));
}

}  // namespace deskloom::predict
