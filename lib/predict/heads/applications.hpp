#pragma once

#include "predict/application/model.hpp"
#include "predict/heads/examples.hpp"
#include "predict/heads/knowledge.hpp"

// The heads for what users will start next, and for what their next session will use.
namespace deskloom::predict {

inline constexpr const char *next_application_head = "heads.next_application", *use_head = "heads.use";
// Of a candidate: its features (application/features.hpp), the time of the day, and whether a session begins.
inline constexpr std::size_t next_application_head_inputs = application_features + 5;
// Of an application: its features (application/use.hpp), and the time of the day.
inline constexpr std::size_t use_head_inputs = use_features + 4;

// features: application_features for each candidate; made into next_application_head_inputs for each.
std::vector<float> next_application_head_rows(std::span<const float> features,
                                              const ApplicationMoment& moment);
std::vector<float> use_head_row(std::span<const float, use_features> features, int hour);

// As without a head.
ApplicationForecast forecast_application(const ApplicationModel& model, const ApplicationOutlook& outlook,
                                         const ApplicationMoment& moment, const HeadOfUser& head);
UseForecast forecast_uses(const ApplicationModel& model, const UserUse& user, const RoleUse& role, int hour,
                          const HeadOfUser& head);

struct ApplicationHeadSets {
  HeadSet next{HeadKind::choice, next_application_head_inputs};
  HeadSet use{HeadKind::chance, use_head_inputs};
};
// What to learn from of launches before a time: base models learn from what comes before validated_from_s.
ApplicationHeadSets application_head_sets(const base::TimeZone& zone, const std::vector<UserLaunches>& users,
                                          std::int64_t validated_from_s, std::int64_t until_s,
                                          Knowledge& knowledge);

}  // namespace deskloom::predict
