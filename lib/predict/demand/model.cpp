#include "predict/demand/model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.hpp"

namespace deskloom::predict {
namespace {

constexpr std::size_t most_learnt_hours = 550 * hours_per_day;
constexpr std::size_t settling_hours = 2 * hours_per_week;
constexpr std::size_t gains_hours = 6 * hours_per_week, share_hours = 8 * hours_per_week;
constexpr std::size_t least_share_hours = 16 * hours_per_week;  // below it the share is not learnt
// Between the hours that forecasts are learnt from: they come round to every time of day.
constexpr std::size_t origin_step = 11;
constexpr double dispersion = 0.1;
constexpr double anscombe = 0.375;

constexpr std::array<float, 4> level_gains{0.003F, 0.01F, 0.03F, 0.06F};
constexpr std::array<float, 2> day_gains{0.01F, 0.04F};
constexpr std::array<float, 3> week_gains{0.05F, 0.1F, 0.2F};
constexpr std::array<float, 2> carried_over{0, 0.6F};
// Neither is left out: combinations hold up better than what happened to be best.
constexpr std::array<float, 2> shares{0.75F, 0.5F};

std::size_t days_ahead(const DemandState& state, std::size_t hour) {
  return std::min((hour - state.origin()) / hours_per_day, most_days_ahead - 1);
}

class Learning {
 public:
  Learning(const DemandSeries& series, std::size_t until)
      : series_(series),
        until_(std::min(until, series.amounts.size())),
        from_(std::max(settling_hours, until_ - std::min(until_, most_learnt_hours))) {}

  DemandModel run() {
    if (until_ < settling_hours + hours_per_day) return model_;
    choose_gains();
    if (until_ >= least_share_hours) choose_share();
    fit(until_, most_days_ahead);
    return model_;
  }

 private:
  std::size_t last(std::size_t hours) const { return std::max(from_, until_ - std::min(until_, hours)); }

  // Calls visit(state, hour, amount) for the known hours of so many days after each origin that
  // lie before until.
  template <typename Visit>
  void each_forecast(std::size_t from, std::size_t until, std::size_t days, const Visit& visit) const {
    DemandState state(series_, model_.gains);
    for (std::size_t origin = from; origin < until; origin += origin_step) {
      state.advance_to(origin);
      for (std::size_t hour = origin; hour < std::min(until, origin + days * hours_per_day); ++hour) {
        const float amount = known_or_nan(series_.amounts, hour);
        if (std::isfinite(amount)) visit(state, hour, amount);
      }
    }
  }

  void choose_gains() {
    SmoothingGains best;
    double least = std::numeric_limits<double>::infinity();
    for (const float level : level_gains) {
      for (const float day : day_gains) {
        for (const float week : week_gains) {
          for (const float carried : carried_over) {
            const SmoothingGains gains{level, day, week, carried};
            const double error = smoothing_error(gains);
            if (error >= least) continue;
            least = error;
            best = gains;
          }
        }
      }
    }
    model_.gains = best;
  }

  // Of square roots, a day ahead.
  double smoothing_error(const SmoothingGains& gains) const {
    DoubleSeasonalSmoothing smoothing(gains);
    double error = 0;
    std::size_t origin = 0;
    const auto take = [&](std::size_t hour) {
      const float amount = known_or_nan(series_.amounts, hour);
      if (std::isfinite(amount) && kind_of_day(series_, hour) == DayKind::ordinary)
        smoothing.add(cell(hour), amount);
      else
        smoothing.pass();
    };
    for (std::size_t next = last(gains_hours); next < until_; next += origin_step) {
      for (; origin < next; ++origin) take(origin);
      for (std::size_t hour = origin; hour < std::min(until_, origin + hours_per_day); ++hour) {
        const float amount = known_or_nan(series_.amounts, hour);
        if (!std::isfinite(amount) || kind_of_day(series_, hour) != DayKind::ordinary) continue;
        const double mean = smoothing.mean(cell(hour), hour - origin + 1);
        error += std::pow(std::sqrt(amount + anscombe) - std::sqrt(mean + anscombe), 2);
      }
    }
    return error;
  }

  std::size_t cell(std::size_t hour) const { return static_cast<std::size_t>(series_.hours_of_week[hour]); }

  // By the Poisson deviance of the last weeks, of which the weights know nothing meanwhile.
  void choose_share() {
    fit(last(share_hours), 1);
    std::array<double, shares.size()> losses{};
    each_forecast(last(share_hours), until_, 1,
                  [&](const DemandState& state, std::size_t hour, float amount) {
                    for (std::size_t i = 0; i < shares.size(); ++i) {
                      model_.regression_share = shares[i];
                      const double mean = expected_demand(model_, state, hour);
                      losses[i] += mean - static_cast<double>(amount) * std::log(mean);
                    }
                  });
    model_.regression_share =
        shares[static_cast<std::size_t>(std::ranges::min_element(losses) - losses.begin())];
  }

  void fit(std::size_t until, std::size_t days) {
    std::array<AmountExamples, most_days_ahead> examples;
    for (AmountExamples& of_day : examples) of_day.width = demand_features;
    each_forecast(from_, until, days, [&](const DemandState& state, std::size_t hour, float amount) {
      examples[days_ahead(state, hour)].add(state.features(hour), amount);
    });
    for (std::size_t day = 0; day < days; ++day)
      std::ranges::copy(fit_amounts(examples[day], demand_priors, dispersion), model_.weights[day].begin());
  }

  const DemandSeries& series_;
  std::size_t until_, from_;
  DemandModel model_;
};

}  // namespace

DemandModel::DemandModel() {
  for (auto& of_day : weights) std::ranges::transform(demand_priors, of_day.begin(), &WeightPrior::weight);
}

DemandModel learn_demand(const DemandSeries& series, std::size_t until) {
  check_hours_of_week(series, std::min(until, series.amounts.size()));
  return Learning(series, until).run();
}

double expected_demand(const DemandModel& model, const DemandState& state, std::size_t hour) {
  const DemandFeatures features = state.features(hour);
  const double regression = expected_amount(model.weights[days_ahead(state, hour)], features);
  const double smoothed = state.smoothed(hour);
  return std::lerp(smoothed, regression, static_cast<double>(model.regression_share));
}

void check_hours_of_week(const DemandSeries& series, std::size_t hours) {
  const auto is_hour = [](std::int16_t hour) {
    return hour >= 0 && hour < static_cast<std::int16_t>(hours_per_week);
  };
  if (series.hours_of_week.size() >= hours && std::ranges::all_of(series.hours_of_week, is_hour)) return;
  throw base::Error(base::ErrorKind::usage,
                    "a demand series does not say which hour of the week each of its " +
                        std::to_string(hours) + " hours is",
                    "give hours from 0 (Monday's first) to 167, also for those to be forecast");
}

}  // namespace deskloom::predict
