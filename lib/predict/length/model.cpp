#include "predict/length/model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace deskloom::predict {
namespace {

constexpr std::int64_t day_s = 86'400;
constexpr float slots_per_hour = 4, days_per_week = 7;
// A session that would have been over by then lasts so much of its length.
constexpr float least_share = 0.25F;

// From a time of day to another, the shorter way round the clock.
int slots_between(int from, int to) {
  const int apart = to - from;
  if (apart > slots_per_day / 2) return apart - slots_per_day;
  return apart < -slots_per_day / 2 ? apart + slots_per_day : apart;
}

}  // namespace

const LengthModel& usual_length_model() {
  static const LengthModel model;
  return model;
}

LengthForecaster::LengthForecaster(const LengthModel& model) : model_(model) {
  for (std::size_t slots = 0; slots < by_time_.size(); ++slots) {
    const float apart = static_cast<float>(slots) / slots_per_hour / model.hours_apart;
    by_time_[slots] = std::exp2(-apart * apart);
  }
  for (std::size_t days = 0; days < by_age_.size(); ++days)
    by_age_[days] = std::exp2(-static_cast<float>(days) / days_per_week / model.half_life_weeks);
}

float LengthForecaster::weight(const EndedSession& session, const LengthMoment& moment,
                               int slots_apart) const {
  const auto days = static_cast<std::size_t>(
      std::clamp<std::int64_t>((moment.begin_s - session.begin_s) / day_s, 0, length_memory_days));
  const float alike = by_time_[static_cast<std::size_t>(std::abs(slots_apart))] * by_age_[days];
  return session.is_free_day == moment.is_free_day ? alike : alike * model_.other_kind_of_day;
}

Quantiles LengthForecaster::forecast(const LengthHabits& habits, std::span<const EndedSession> past,
                                     const LengthMoment& moment) const {
  LengthHistogram lengths = habits.at(moment);
  lengths.scale(model_.others_sessions);
  const std::int64_t first_s = moment.begin_s - std::int64_t{length_memory_days} * day_s;
  const auto first = std::ranges::lower_bound(past, first_s, {}, &EndedSession::begin_s);
  for (const EndedSession& session : past.subspan(static_cast<std::size_t>(first - past.begin()))) {
    const int later = slots_between(session.slot_of_day, moment.slot_of_day());
    const float hours = session.hours - model_.by_the_clock * static_cast<float>(later) / slots_per_hour;
    lengths.add(std::max(hours, least_share * session.hours), weight(session, moment, later));
  }
  Quantiles quantiles = lengths.quantiles();
  order_quantiles(quantiles, 0);
  return quantiles;
}

}  // namespace deskloom::predict
