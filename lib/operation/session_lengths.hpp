#pragma once

#include <vector>

#include "forecast/forecasts.hpp"
#include "operation/habits.hpp"
#include "predict/length/model.hpp"

namespace deskloom::operation {

// How long sessions that are still to come last, from those that had ended by now. For several threads at
// once.
class SessionLengths {
 public:
  // Looks at all users' sessions, once. grid: must outlive it, and begin five weeks before now.
  SessionLengths(const predict::LengthModel& model, const predict::TimeGrid& grid,
                 const std::vector<KnownUser>& users, base::Timestamp now);

  // Fills in the length of the user's next session: the one that most probably begins. origin_s: where the
  // forecast's first slot begins.
  void foretell(const KnownUser& user, std::int64_t origin_s, forecast::UserForecast& forecast) const;

 private:
  predict::LengthForecaster forecaster_;
  const predict::TimeGrid& grid_;
  std::int64_t now_s_;
  predict::LengthHabits habits_;
};

}  // namespace deskloom::operation
