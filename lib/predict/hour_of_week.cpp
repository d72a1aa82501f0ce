#include "predict/hour_of_week.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace deskloom::predict {
namespace {

// Weights of the quarters around one.
constexpr std::array<float, 5> kernel{1.0F / 9, 2.0F / 9, 3.0F / 9, 2.0F / 9, 1.0F / 9};
// What is known before anything was seen: once in a thousand quarters.
constexpr float pool_events = 0.05F, pool_slots = 50.0F;
constexpr float least = 1e-5F, most = 0.9F;
// Nothing is certain. A quarter may have been seen more often than there were weeks: twice when clocks go
// back, and in weeks of which policy excludes the rest.
constexpr float highest = 0.999F;

Week smoothed(const Week& week) {
  constexpr std::size_t half = kernel.size() / 2;
  std::array<float, slots_per_week + kernel.size() - 1> around{};
  std::ranges::copy(week, around.begin() + half);
  std::copy(week.end() - half, week.end(), around.begin());
  std::copy(week.begin(), week.begin() + half, around.end() - half);
  Week smooth{};
  for (std::size_t k = 0; k < kernel.size(); ++k) {
    for (std::size_t i = 0; i < smooth.size(); ++i) smooth[i] += kernel[k] * around[i + k];
  }
  return smooth;
}

Week filled(float count) {
  Week week;
  week.fill(count);
  return week;
}

Week of_all(const Week& events, const Week& slots) {
  const Week count = smoothed(events), of = smoothed(slots);
  Week rates{};
  for (std::size_t i = 0; i < rates.size(); ++i)
    rates[i] = std::min((count[i] + pool_events) / (of[i] + pool_slots), highest);
  return rates;
}

Week of_user(const Week& events, const Week& slots, const Week& of_all, float prior) {
  const float seen = std::reduce(events.begin(), events.end());
  const float expected = std::transform_reduce(slots.begin(), slots.end(), of_all.begin(), 0.0F);
  const float activity = (seen + 1) / (expected + 1);
  const Week count = smoothed(events), of = smoothed(slots);
  Week rates{};
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const float usual = std::clamp(of_all[i] * activity, least, most);
    rates[i] = std::min((count[i] + prior * usual) / (of[i] + prior), highest);
  }
  return rates;
}

}  // namespace

void HabitCounts::fade(float by) {
  for (Week* week : {&connects, &exposed, &present})
    for (float& count : *week) count *= by;
  weeks *= by;
}

HabitCounts& HabitCounts::operator+=(const HabitCounts& other) {
  const auto add = [](Week& to, const Week& what) {
    std::ranges::transform(to, what, to.begin(), std::plus<>());
  };
  add(connects, other.connects);
  add(exposed, other.exposed);
  add(present, other.present);
  weeks += other.weeks;
  return *this;
}

float fading(double half_life_weeks) { return static_cast<float>(std::pow(0.5, 1 / half_life_weeks)); }

HabitRates rates_of_all(const HabitCounts& all) {
  return {of_all(all.connects, all.exposed), of_all(all.present, filled(all.weeks))};
}

HabitRates rates_of(const HabitCounts& user, const HabitRates& of_all, double prior_slots) {
  const auto prior = static_cast<float>(prior_slots);
  return {of_user(user.connects, user.exposed, of_all.connects, prior),
          of_user(user.present, filled(user.weeks), of_all.present, prior)};
}

}  // namespace deskloom::predict
