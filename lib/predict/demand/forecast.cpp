#include "predict/demand/forecast.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

#include "base/error.hpp"
#include "predict/demand/counts.hpp"

namespace deskloom::predict {
namespace {

constexpr std::size_t most_hours = most_days_ahead * hours_per_day;
constexpr std::size_t days_back = 56;
constexpr std::size_t least_errors = 14 * hours_per_day;  // for a distribution of their own
constexpr std::size_t bands = 6;                          // of demand; each hour has its own, around it
constexpr double calm_mean = 0.1;                         // keeps errors of quiet hours from growing
// The variance over the mean that is thought of before errors are known, and how many hours' errors it is
// worth.
constexpr double usual_variance = 3, usual_hours = 24;
constexpr double holiday_spread = 0.5;  // standard deviation over the mean, besides the ordinary one

// An hour as it was forecast, and how it came.
struct Foreseen {
  float mean = 0;
  float actual = 0;
};

double scale(double mean) { return std::sqrt(mean + calm_mean); }

// Errors that forecasts so many days ahead made.
class Errors {
 public:
  void add(double mean, float actual) {
    hours_.push_back({static_cast<float>(mean), actual});
    squares_ += std::pow(static_cast<double>(actual) - mean, 2);
    means_ += mean;
  }

  void close() {
    std::ranges::sort(hours_, {}, &Foreseen::mean);
    scaled_.reserve(hours_.size());
    for (const Foreseen& hour : hours_)
      scaled_.push_back((hour.actual - hour.mean) / static_cast<float>(scale(hour.mean)));
  }

  bool are_enough() const { return hours_.size() >= least_errors; }

  // The variance over the mean.
  double variance_ratio() const {
    const double mean = std::max(means_ / std::max(1.0, static_cast<double>(hours_.size())), calm_mean);
    return (squares_ + usual_variance * usual_hours * mean) / (means_ + usual_hours * mean);
  }

  Quantiles around(double mean) const {
    const std::size_t width = hours_.size() / bands;
    const auto at = std::ranges::lower_bound(hours_, static_cast<float>(mean), {}, &Foreseen::mean);
    const auto place = static_cast<std::size_t>(at - hours_.begin());
    const std::size_t from = std::min(place - std::min(place, width / 2), hours_.size() - width);
    std::vector<float> near(scaled_.begin() + static_cast<std::ptrdiff_t>(from),
                            scaled_.begin() + static_cast<std::ptrdiff_t>(from + width));
    Quantiles quantiles = conformal(near);
    for (float& quantile : quantiles) quantile = static_cast<float>(mean + scale(mean) * quantile);
    return quantiles;
  }

 private:
  // One more error is to come: each level moves outwards a little.
  static Quantiles conformal(std::vector<float>& errors) {
    std::ranges::sort(errors);
    Quantiles quantiles{};
    for (std::size_t level = 0; level < quantiles.size(); ++level) {
      const auto number = static_cast<double>(errors.size());
      const double place = std::clamp(quantile_levels[level] * (number + 1) - 1, 0.0, number - 1);
      const auto below = static_cast<std::size_t>(place);
      const std::size_t above = std::min(below + 1, errors.size() - 1);
      quantiles[level] =
          std::lerp(errors[below], errors[above], static_cast<float>(place - static_cast<double>(below)));
    }
    return quantiles;
  }

  std::vector<Foreseen> hours_;
  std::vector<float> scaled_;  // their errors, in the same order
  double squares_ = 0, means_ = 0;
};

class Forecast {
 public:
  Forecast(const DemandModel& model, const DemandSeries& series, DemandKind kind, std::size_t origin,
           std::size_t hours)
      : model_(model),
        series_(series),
        kind_(kind),
        origin_(origin),
        hours_(hours),
        state_(series, model.gains) {}

  std::vector<Quantiles> run() {
    look_back();
    state_.advance_to(origin_);
    std::vector<Quantiles> forecasts;
    for (std::size_t hour = origin_; hour < origin_ + hours_; ++hour) forecasts.push_back(quantiles(hour));
    return forecasts;
  }

 private:
  void look_back() {
    const std::size_t days = (hours_ + hours_per_day - 1) / hours_per_day;
    std::size_t back = std::min(days_back + days, origin_ / hours_per_day);
    for (; back > 0; --back) {
      state_.advance_to(origin_ - back * hours_per_day);
      if (state_.known_hours() < hours_per_day) continue;
      for (std::size_t ahead = 0; ahead < std::min(hours_, back * hours_per_day); ++ahead) remember(ahead);
    }
    for (Errors& of_day : errors_) of_day.close();
  }

  void remember(std::size_t ahead) {
    const std::size_t hour = state_.origin() + ahead;
    const float actual = known_or_nan(series_.amounts, hour);
    if (std::isfinite(actual) && kind_of_day(series_, hour) == DayKind::ordinary)
      errors_[ahead / hours_per_day].add(expected_demand(model_, state_, hour), actual);
  }

  Quantiles quantiles(std::size_t hour) const {
    const Errors& errors = errors_[(hour - origin_) / hours_per_day];
    const double mean = expected_demand(model_, state_, hour);
    const bool ordinary = kind_of_day(series_, hour) == DayKind::ordinary;
    const double days = static_cast<double>(state_.known_hours()) / hours_per_day;
    const double spread = mean * mean * (1 / (days + 1) + (ordinary ? 0 : holiday_spread * holiday_spread));
    const double variance = errors.variance_ratio() * mean + spread;
    Quantiles forecast{};
    for (std::size_t level = 0; level < forecast.size(); ++level)
      forecast[level] = static_cast<float>(quantile(mean, variance, quantile_levels[level]));
    if (ordinary && errors.are_enough()) {
      const Quantiles own = errors.around(mean);
      for (std::size_t level = 0; level < forecast.size(); ++level)
        forecast[level] = std::midpoint(forecast[level], std::max(own[level], 0.0F));
    }
    order_quantiles(forecast, 0);
    return forecast;
  }

  double quantile(double mean, double variance, double level) const {
    return kind_ == DemandKind::arrivals ? count_quantile(mean, variance, level)
                                         : amount_quantile(mean, variance, level);
  }

  const DemandModel& model_;
  const DemandSeries& series_;
  DemandKind kind_;
  std::size_t origin_, hours_;
  DemandState state_;
  std::array<Errors, most_days_ahead> errors_;
};

}  // namespace

std::vector<Quantiles> forecast_demand(const DemandModel& model, const DemandSeries& series, DemandKind kind,
                                       std::size_t origin, std::size_t hours) {
  if (hours > most_hours) {
    throw base::Error(base::ErrorKind::usage,
                      "demand cannot be forecast " + std::to_string(hours) + " hours ahead",
                      "ask for at most " + std::to_string(most_hours) + " hours");
  }
  if (origin > series.amounts.size()) {
    throw base::Error(base::ErrorKind::usage, "demand is not recorded up to the hour to forecast from",
                      "forecast from an hour that directly follows what is recorded, or an earlier one");
  }
  check_hours_of_week(series, origin + hours);
  return Forecast(model, series, kind, origin, hours).run();
}

}  // namespace deskloom::predict
