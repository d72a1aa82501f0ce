#include "plan/arrivals.hpp"

#include <algorithm>
#include <cmath>

namespace deskloom::plan {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::chrono::hours hour_length{1};

// Those that the span touches of periods of one length, of which the first begins at begin.
struct Touched {
  std::size_t first = 0, last = 0;  // last: not among them
};

Touched touched(const TimeSpan& span, base::Timestamp begin, std::chrono::seconds length, std::size_t count) {
  const auto periods = [&](base::Timestamp t) {
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>((t - begin) / length, 0, static_cast<std::int64_t>(count)));
  };
  if (span.until <= begin) return {};
  return {periods(span.from), std::min(count, periods(span.until - std::chrono::nanoseconds(1)) + 1)};
}

// How much of the period of that number lies in the span.
double share_in(const TimeSpan& span, base::Timestamp begin, std::chrono::seconds length,
                std::size_t number) {
  const base::Timestamp from = begin + length * static_cast<std::int64_t>(number);
  const auto in_span = std::min(span.until, from + length) - std::max(span.from, from);
  return std::max(0.0, Seconds(in_span) / Seconds(length));
}

double share_left(const std::vector<double>& chances, const std::vector<bool>& is_left_out) {
  double all = 0, left = 0;
  for (std::size_t user = 0; user < chances.size(); ++user) {
    all += chances[user];
    if (!is_left_out[user]) left += chances[user];
  }
  return all > 0 ? left / all : 1;
}

}  // namespace

double chance_to_come(const ArrivalForecast& forecast, const ForetoldUser& user, const TimeSpan& span) {
  const auto slots = touched(span, forecast.slots_begin, slot_length, user.connects.size());
  double stays_away = 1;
  for (std::size_t slot = slots.first; slot < slots.last; ++slot) {
    const double share = share_in(span, forecast.slots_begin, slot_length, slot);
    const double away = 1 - static_cast<double>(user.connects[slot]);
    stays_away *= share < 1 ? std::pow(away, share) : away;
  }
  return 1 - stays_away;
}

std::optional<base::Timestamp> foretold_until(const ArrivalForecast& forecast) {
  const auto end_of = [](base::Timestamp begin, std::chrono::seconds length, std::size_t count) {
    return begin + length * static_cast<std::int64_t>(count);
  };
  if (!forecast.hours.empty()) return end_of(forecast.hours_begin, hour_length, forecast.hours.size());
  if (forecast.users.empty()) return std::nullopt;
  return end_of(forecast.slots_begin, slot_length, forecast.users[0].connects.size());
}

CountDistribution arrivals_in(const ArrivalForecast& forecast, const TimeSpan& span,
                              const std::vector<double>& chances, const std::vector<bool>& is_left_out) {
  if (forecast.hours.empty()) {
    std::vector<double> others;
    for (std::size_t user = 0; user < chances.size(); ++user)
      if (!is_left_out[user]) others.push_back(chances[user]);
    return CountDistribution::of_each(others);
  }
  const double share = share_left(chances, is_left_out);
  const auto hours = touched(span, forecast.hours_begin, hour_length, forecast.hours.size());
  CountDistribution sum;
  for (std::size_t hour = hours.first; hour < hours.last; ++hour)
    sum = sum + forecast.hours[hour].thinned(share * share_in(span, forecast.hours_begin, hour_length, hour));
  return sum;
}

}  // namespace deskloom::plan
