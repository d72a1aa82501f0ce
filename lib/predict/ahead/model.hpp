#pragma once

#include <array>
#include <functional>
#include <vector>

#include "predict/ahead/features.hpp"
#include "predict/scores.hpp"

namespace deskloom::predict {

// How likely a user is to connect, and to be there, in each slot of the days ahead: logistic regressions over
// ahead_features, one for each band of the horizon, learnt from all users together.
struct AheadModel {
  using Weights = std::array<float, ahead_features>;

  std::array<Weights, horizon_bands.size()> connects{};
  std::array<Weights, horizon_bands.size()> present{};
};

// What a regression's weights are pulled towards, before anything was seen.
std::vector<double> usual_ahead_weights();

// Learns from what happened in the slots before until, habits having had six weeks to settle. Throws
// Error(usage) when that leaves nothing.
AheadModel learn_ahead(const TimeGrid& grid, const std::vector<UserSessions>& users,
                       const Calendars& calendars, const ConnectOptions& options, std::int64_t until);

// Of connects, and of being there, by habits alone and by the model.
struct AheadScores {
  ProbabilityScores by_habit, by_model, there_by_habit, there_by_model;
};
// How well the model foretold the slots from test_from on: one for each band of the horizon.
std::vector<AheadScores> evaluate_ahead(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                        const Calendars& calendars, const ConnectOptions& options,
                                        std::int64_t test_from, const AheadModel& model);

// Slot by slot from the origin on.
struct AheadForecast {
  std::vector<float> connects;  // probability that a session begins in the slot
  std::vector<float> present;   // that the user is in session at some time in it
};

// Everybody at one moment, for the slots from origin to, not with, last. What it is given must outlive it.
// Without a model, habits alone speak.
class Outlook {
 public:
  Outlook(const TimeGrid& grid, std::int64_t origin, std::int64_t last, const Turnout& turnout,
          const HabitRates& of_all, const KnownFuture& calendars, const AheadModel* model)
      : grid_(grid),
        origin_(origin),
        last_(last),
        turnout_(turnout),
        of_all_(of_all),
        calendars_(calendars),
        model_(model) {}

  AheadForecast of(const UserView& user) const;

 private:
  const TimeGrid& grid_;
  std::int64_t origin_, last_;
  const Turnout& turnout_;
  const HabitRates& of_all_;
  const KnownFuture& calendars_;
  const AheadModel* model_;
};

// What the model would have foretold of each user at the beginning of each day from `from` on, for the day:
// as long as it ends before `until`.
void each_day_ahead(
    const TimeGrid& grid, const std::vector<UserSessions>& users, const Calendars& calendars,
    const ConnectOptions& options, std::int64_t from, std::int64_t until, const AheadModel& model,
    const std::function<void(std::size_t user, std::int64_t origin, const AheadForecast& day)>& visit);

}  // namespace deskloom::predict
