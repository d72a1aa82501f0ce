#include "predict/resource/experts.hpp"

#include <algorithm>
#include <cmath>

#include "predict/network/weighted_sample.hpp"

namespace deskloom::predict {
namespace {

using Ranks = WeightedRanks<past_hours>;
using Fading = std::array<float, past_hours>;

constexpr std::size_t change_analogs = 12;
constexpr double time_of_day_memory_h = 7 * hours_per_day, recent_memory_h = 2 * hours_per_day;
constexpr float neighbouring_hour = 0.5F;

Fading make_fading(double memory_h) {
  Fading fading{};
  for (std::size_t hour = 0; hour < past_hours; ++hour)
    fading[hour] = static_cast<float>(std::exp(-static_cast<double>(past_hours - hour) / memory_h));
  return fading;
}

// What lies ahead of an origin in the past; beyond the end of what is known, the same time some days before.
std::size_t hour_after(std::size_t hour, std::size_t ahead) {
  std::size_t after = hour + ahead;
  while (after >= past_hours) after -= hours_per_day;
  return after;
}

Quantiles recent_quantiles(const ResourceWindow& window) {
  static const Fading fading = make_fading(recent_memory_h);
  Ranks ranks;
  for (std::size_t hour = 0; hour < past_hours; ++hour)
    if (window.is_known(hour)) ranks.add(window.rank(hour), fading[hour]);
  return ranks.take_quantiles(window.ascending());
}

void recent(const ResourceWindow& window, std::span<Quantiles> ahead) {
  std::ranges::fill(ahead, recent_quantiles(window));
}

void analogs(const ResourceWindow& window, std::span<Quantiles> ahead) {
  Ranks ranks;
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    const auto kinds = window.origin().kind_weights(past_hours + i);
    for (const Analog& analog : window.analogs()) {
      const std::size_t hour = hour_after(analog.hour + 1U, i);
      if (!window.is_known(hour)) continue;
      ranks.add(window.rank(hour), analog.weight * kinds[hour]);
    }
    ahead[i] = ranks.empty() ? recent_quantiles(window) : ranks.take_quantiles(window.ascending());
  }
}

struct Change {
  float amount = 0;
  float weight = 0;
};

void analog_changes(const ResourceWindow& window, std::span<Quantiles> ahead) {
  const auto nearest = window.analogs().first(std::min(change_analogs, window.analogs().size()));
  std::array<Change, change_analogs> changes;
  AscendingSample<change_analogs> sample;
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    const auto kinds = window.origin().kind_weights(past_hours + i);
    std::size_t count = 0;
    for (const Analog& analog : nearest) {
      const std::size_t hour = hour_after(analog.hour + 1U, i);
      if (!window.is_known(hour)) continue;
      const float amount = window.last() + window.amount(hour) - window.amount(analog.hour);
      changes[count++] = {std::max(amount, 0.0F), analog.weight * kinds[hour]};
    }
    std::ranges::sort(std::span(changes).first(count), {}, &Change::amount);
    for (const Change& change : std::span(changes).first(count)) sample.add(change.amount, change.weight);
    ahead[i] = count == 0 ? recent_quantiles(window) : sample.take_quantiles();
  }
}

void day_changes(const ResourceWindow& window, std::span<Quantiles> ahead) {
  std::array<float, past_hours / hours_per_day> amounts{};
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    std::size_t count = 0;
    for (std::size_t begin = hours_per_day; begin + i < past_hours; begin += hours_per_day) {
      if (!window.is_known(begin + i) || !window.is_known(begin - 1)) continue;
      amounts[count++] = std::max(window.last() + window.amount(begin + i) - window.amount(begin - 1), 0.0F);
    }
    ahead[i] = count == 0 ? recent_quantiles(window) : empirical_quantiles(std::span(amounts).first(count));
  }
}

void time_of_day(const ResourceWindow& window, std::span<Quantiles> ahead) {
  static const Fading fading = make_fading(time_of_day_memory_h);
  Ranks ranks;
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    const auto kinds = window.origin().kind_weights(past_hours + i);
    const auto add = [&](std::size_t hour, float weight) {
      if (hour >= past_hours || !window.is_known(hour)) return;
      ranks.add(window.rank(hour), weight * kinds[hour] * fading[hour]);
    };
    for (std::size_t hour = i % hours_per_day; hour < past_hours; hour += hours_per_day) {
      add(hour - 1, neighbouring_hour);  // before the first one: passed over
      add(hour, 1);
      add(hour + 1, neighbouring_hour);
    }
    ahead[i] = ranks.empty() ? recent_quantiles(window) : ranks.take_quantiles(window.ascending());
  }
}

constexpr std::array<ResourceExpert, 5> experts{{{"analogs", analogs},
                                                 {"analog-changes", analog_changes},
                                                 {"day-changes", day_changes},
                                                 {"time-of-day", time_of_day},
                                                 {"recent", recent}}};

}  // namespace

std::span<const ResourceExpert> resource_experts() { return experts; }

}  // namespace deskloom::predict
