#include "predict/hour_of_week.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace deskloom::predict {
namespace {

// Weights of the quarters around one.
constexpr std::array<float, 5> kernel{1.0F / 9, 2.0F / 9, 3.0F / 9, 2.0F / 9, 1.0F / 9};
// What is known before anything was seen: once in a thousand quarters.
constexpr float pool_connects = 0.05F, pool_exposed = 50.0F;
constexpr float least = 1e-5F, most = 0.9F;

Week smoothed(const Week& week) {
  constexpr std::size_t half = kernel.size() / 2;
  Week smooth{};
  for (std::size_t i = 0; i < week.size(); ++i) {
    for (std::size_t k = 0; k < kernel.size(); ++k)
      smooth[i] += kernel[k] * week[(i + k + week.size() - half) % week.size()];
  }
  return smooth;
}

}  // namespace

HourOfWeekHistogram::HourOfWeekHistogram(std::size_t users, double half_life_weeks, double prior_slots)
    : prior_slots_(prior_slots),
      fading_(static_cast<float>(std::pow(0.5, 1 / half_life_weeks))),
      users_(users) {}

Week HourOfWeekHistogram::of_all() const {
  const Week connects = smoothed(all_.connects), exposed = smoothed(all_.exposed);
  Week rates{};
  for (std::size_t i = 0; i < rates.size(); ++i)
    rates[i] = (connects[i] + pool_connects) / (exposed[i] + pool_exposed);
  return rates;
}

Week HourOfWeekHistogram::of_user(std::size_t user, const Week& of_all) const {
  const Counts& counts = users_[user];
  const float connected = std::reduce(counts.connects.begin(), counts.connects.end());
  const float expected =
      std::transform_reduce(counts.exposed.begin(), counts.exposed.end(), of_all.begin(), 0.0F);
  const float rate = (connected + 1) / (expected + 1);
  const Week connects = smoothed(counts.connects), exposed = smoothed(counts.exposed);
  const auto prior = static_cast<float>(prior_slots_);
  Week rates{};
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const float usual = std::clamp(of_all[i] * rate, least, most);
    rates[i] = (connects[i] + prior * usual) / (exposed[i] + prior);
  }
  return rates;
}

void HourOfWeekHistogram::fade() {
  const auto fade = [&](Week& week) {
    for (float& count : week) count *= fading_;
  };
  for (Counts& counts : users_) fade(counts.connects), fade(counts.exposed);
  fade(all_.connects);
  fade(all_.exposed);
}

void HourOfWeekHistogram::add(std::size_t user, int hour_of_week, bool connected) {
  const auto at = static_cast<std::size_t>(hour_of_week);
  const float count = connected ? 1.0F : 0.0F;
  users_[user].connects[at] += count;
  users_[user].exposed[at] += 1;
  all_.connects[at] += count;
  all_.exposed[at] += 1;
}

}  // namespace deskloom::predict
