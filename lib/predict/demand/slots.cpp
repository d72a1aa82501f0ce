#include "predict/demand/slots.hpp"

#include <algorithm>
#include <cmath>

#include "predict/demand/counts.hpp"
#include "predict/demand/profile.hpp"
#include "predict/demand/series.hpp"

namespace deskloom::predict {
namespace {

constexpr double usual_visits = 8, recent_visits = 2.5, day_visits = 20;
constexpr double borrowed_visits = 1;
constexpr std::size_t near = 2, wide = 6;  // slots on either side
constexpr double least_usual = 0.01;
constexpr double profile_calm = 0.02, level_calm = 2, day_calm = 3;
constexpr std::size_t hour_slots = 4, three_hours_slots = 12;
constexpr std::size_t day_slots = slots_per_day, week_slots = slots_per_week;
constexpr std::size_t working_days = 5, kinds_of_days = 3;
constexpr std::size_t settling_slots = 2 * week_slots;
constexpr std::size_t most_learnt_slots = 550 * day_slots;
constexpr double least_dispersion = 0.001, learning_dispersion = 0.1;
// What dispersion is thought to be before any was seen, and how many arrivals squared it takes to doubt that.
constexpr double usual_dispersion = 0.3, usual_dispersion_weight = 50;
constexpr float firm = 200;

// In the order of the features.
constexpr std::array<WeightPrior, slot_features> priors{{
    {0, 5},        // 1
    {1, firm},     // usual
    {0, firm},     // recent
    {0.3F, firm},  // quarters around
    {0.4F, firm},  // similar days
    {0.1F, firm},  // last hour
    {0.1F, firm},  // last three hours
    {0, firm},     // last day
    {0.2F, firm},  // today
    {0.1F, firm},  // last week
    {0.2F, firm},  // users' own models
    {0, firm},     // last hour against them
    {0, firm}      // today against them
}};

double log_ratio(double amount, double usual, double calm) {
  return std::log((amount + calm) / (usual + calm));
}

class SlotState {
 public:
  SlotState(const TimeGrid& grid, const SlotArrivals& arrivals) : grid_(grid), arrivals_(arrivals) {}

  // The slot to forecast: not before the one that was forecast last.
  void advance_to(std::size_t slot) {
    slot_ = slot;
    const std::size_t over = slot > 0 ? slot - 1 : 0;
    while (sums_.size() - 1 < over) take(sums_.size() - 1);
  }

  // 1; the logarithm of what is usual in the quarter of the week; how a profile that fades faster, one of
  // quarters around, and one of similar days differ from it; how the last hour, three hours, day, today and
  // the last week differed from the usual; what users' models expect against the usual; how the last hour and
  // today differed from that.
  SlotFeatures features() const {
    const std::size_t cell = cell_of(slot_);
    const double similar = this->similar(cell), usual = usual_of(cell, similar);
    const auto against = [&](double amount) { return log_ratio(amount, usual, profile_calm); };
    const double expected = known_or_nan(arrivals_.expected, slot_);
    const std::size_t today =
        slot_ - std::min(slot_, static_cast<std::size_t>(grid_.day_begin(as_slot(slot_))));
    const std::array<double, slot_features> values{
        1,
        std::log(usual),
        against(recent_.mean_around(cell, near, similar, borrowed_visits)),
        against(usual_.mean_around(cell, wide, similar, borrowed_visits)),
        against(similar),
        level(hour_slots, &Sums::usual, level_calm),
        level(three_hours_slots, &Sums::usual, level_calm),
        level(day_slots, &Sums::usual, level_calm),
        level(today, &Sums::usual, day_calm),
        level(week_slots, &Sums::usual, level_calm),
        std::isfinite(expected) ? against(expected) : 0,
        level(hour_slots, &Sums::expected, level_calm),
        level(today, &Sums::expected, day_calm)};
    SlotFeatures features{};
    std::ranges::transform(values, features.begin(), [](double value) { return static_cast<float>(value); });
    return features;
  }

 private:
  // Over the slots before one.
  struct Sums {
    double arrivals = 0, usual = 0, expected = 0;
  };

  static std::int64_t as_slot(std::size_t slot) { return static_cast<std::int64_t>(slot); }
  std::size_t cell_of(std::size_t slot) const {
    return static_cast<std::size_t>(grid_.hour_of_week(as_slot(slot)));
  }
  static std::size_t similar_cell(std::size_t cell) {
    const std::size_t day = cell / day_slots;
    return (day < working_days ? 0 : day - working_days + 1) * day_slots + cell % day_slots;
  }

  double similar(std::size_t cell) const {
    const double mean = sums_.back().arrivals / static_cast<double>(known_ + 1);
    const double any_day = all_days_.mean_around(cell % day_slots, near, mean, borrowed_visits);
    return days_.mean_around(similar_cell(cell), near, any_day, borrowed_visits);
  }

  double usual_of(std::size_t cell, double similar) const {
    return std::max(usual_.mean_around(cell, near, similar, borrowed_visits), least_usual);
  }

  void take(std::size_t slot) {
    Sums sums = sums_.back();
    const double arrived = known_or_nan(arrivals_.arrivals, slot);
    if (std::isfinite(arrived)) {
      const std::size_t cell = cell_of(slot);
      const double usual = known_ < week_slots ? arrived : usual_of(cell, similar(cell));
      const double expected = known_or_nan(arrivals_.expected, slot);
      sums.arrivals += arrived;
      sums.usual += usual;
      sums.expected += std::isfinite(expected) ? expected : usual;
      usual_.add(cell, arrived);
      recent_.add(cell, arrived);
      days_.add(similar_cell(cell), arrived);
      all_days_.add(cell % day_slots, arrived);
      ++known_;
    }
    sums_.push_back(sums);
  }

  // The last slots before the one to forecast, as far as they are over, against what was thought of them.
  double level(std::size_t slots, double Sums::*thought, double calm) const {
    const std::size_t over = sums_.size() - 1;
    const Sums& now = sums_.back();
    const Sums& then = sums_[std::min(over, slot_ - std::min(slot_, slots))];
    return log_ratio(now.arrivals - then.arrivals, now.*thought - then.*thought, calm);
  }

  const TimeGrid& grid_;
  const SlotArrivals& arrivals_;
  std::size_t slot_ = 0, known_ = 0;
  FadingProfile usual_{week_slots, usual_visits}, recent_{week_slots, recent_visits};
  FadingProfile days_{kinds_of_days * day_slots, day_visits}, all_days_{day_slots, day_visits};
  std::vector<Sums> sums_{1};
};

// By the method of moments (Cameron, Trivedi: Regression Analysis of Count Data, 2nd ed., 3.2).
double dispersion_of(const AmountExamples& examples, std::span<const float> weights) {
  double excess = usual_dispersion * usual_dispersion_weight, squares = usual_dispersion_weight;
  for (std::size_t row = 0; row < examples.size(); ++row) {
    const double mean = expected_amount(weights, examples.row(row));
    const double error = static_cast<double>(examples.amounts[row]) - mean;
    excess += error * error - mean;
    squares += mean * mean;
  }
  return std::max(excess / squares, least_dispersion);
}

}  // namespace

SlotModel::SlotModel() { std::ranges::transform(priors, weights.begin(), &WeightPrior::weight); }

double SlotForecast::quantile(double level) const { return count_quantile(mean, variance, level); }

SlotModel learn_slots(const TimeGrid& grid, const SlotArrivals& arrivals, std::size_t until) {
  const std::size_t last =
      std::min({until, arrivals.arrivals.size(), static_cast<std::size_t>(grid.slots())});
  SlotState state(grid, arrivals);
  AmountExamples examples;
  examples.width = slot_features;
  for (std::size_t slot = std::max(settling_slots, last - std::min(last, most_learnt_slots)); slot < last;
       ++slot) {
    state.advance_to(slot);
    const float arrived = known_or_nan(arrivals.arrivals, slot);
    if (std::isfinite(arrived)) examples.add(state.features(), arrived);
  }
  SlotModel model;
  std::ranges::copy(fit_amounts(examples, priors, learning_dispersion), model.weights.begin());
  model.dispersion = static_cast<float>(dispersion_of(examples, model.weights));
  return model;
}

std::vector<SlotForecast> forecast_slots(const SlotModel& model, const TimeGrid& grid,
                                         const SlotArrivals& arrivals, std::size_t first, std::size_t last) {
  SlotState state(grid, arrivals);
  std::vector<SlotForecast> forecasts;
  for (std::size_t slot = first; slot < std::min(last, static_cast<std::size_t>(grid.slots())); ++slot) {
    state.advance_to(slot);
    const double mean = expected_amount(model.weights, state.features());
    forecasts.push_back({slot, mean, mean + static_cast<double>(model.dispersion) * mean * mean});
  }
  return forecasts;
}

}  // namespace deskloom::predict
