#pragma once

#include <array>
#include <utility>
#include <vector>

#include "base/time_zone.hpp"
#include "predict/application/features.hpp"
#include "predict/application/use.hpp"

namespace deskloom::predict {

struct ApplicationModel {
  std::array<float, application_features> next{};  // a conditional logit over the candidates
  std::array<double, use_features> in_session{};   // a logistic regression
};

// What holds for most organisations; used until there is enough to learn from.
const ApplicationModel& usual_application_model();

// Probabilities of applications; with that of any other they sum to 1.
struct ApplicationForecast {
  std::vector<std::pair<ApplicationId, float>> applications;  // likeliest first
  float anything_else = 1;
};
// probabilities: of the outlook's candidates, then of anything else.
ApplicationForecast forecast_of(const ApplicationOutlook& outlook, std::span<const float> probabilities);
ApplicationForecast forecast_application(const ApplicationModel& model, const ApplicationOutlook& outlook);

// Those that the user has ever started, ascending.
std::vector<ApplicationId> applications_of(const ApplicationMemory& memory, std::size_t user);
std::array<float, use_features> features_of_use(const ApplicationMemory& memory, std::size_t user,
                                                const ApplicationMoment& moment, ApplicationId application);
// That the application is used in the session that begins at the moment.
double forecast_use(const ApplicationModel& model, const ApplicationMemory& memory, std::size_t user,
                    const ApplicationMoment& moment, ApplicationId application);

// Learnt on all users' launches before a time, each foretold from what was known before it.
ApplicationModel learn_applications(const base::TimeZone& zone, const std::vector<UserLaunches>& users,
                                    std::int64_t until_s);

}  // namespace deskloom::predict
