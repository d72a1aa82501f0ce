#pragma once

#include <array>
#include <span>

#include "predict/length/history.hpp"
#include "predict/quantiles.hpp"

// How long a session lasts (SPEC D5): a user's own past sessions, each weighed by how alike it is (Nadaraya:
// On estimating regression, Theory of Probability 1964; as quantiles: Meinshausen: Quantile regression
// forests, JMLR 2006), and as much of others of their role at that time of day as little is known of them.
namespace deskloom::predict {

// What is learnt: few numbers, the same for all users.
struct LengthModel {
  float hours_apart = 1.5F;        // between times of day, at which a session tells half as much
  float half_life_weeks = 3;       // after which it tells half as much
  float other_kind_of_day = 0.1F;  // what one of a work day tells of a free one, and the other way round
  float others_sessions = 4;       // of the user's own: others' lengths weigh as much
  float by_the_clock = 0.5F;       // 1: sessions end at the same time of day, 0: they last equally long
};

// What holds for most organisations; used until there is enough to learn from.
const LengthModel& usual_length_model();

// What is older is not looked at: so much of users' past is at hand when forecasts are made.
inline constexpr std::size_t length_memory_days = 35;

// Makes forecasts one by one; for several threads at once.
class LengthForecaster {
 public:
  explicit LengthForecaster(const LengthModel& model);

  // Hours that a session lasts which begins then. past: the user's sessions that were known to have ended,
  // newest last.
  Quantiles forecast(const LengthHabits& habits, std::span<const EndedSession> past,
                     const LengthMoment& moment) const;

 private:
  float weight(const EndedSession& session, const LengthMoment& moment, int slots_apart) const;

  LengthModel model_;
  std::array<float, slots_per_day / 2 + 1> by_time_{};  // by slots apart on the clock
  std::array<float, length_memory_days + 1> by_age_{};  // by days
};

}  // namespace deskloom::predict
