#include "predict/heads/resources.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "predict/quantile_mixture.hpp"

namespace deskloom::predict {
namespace {

constexpr float least_share = 1e-3F;     // of the mean: what a logarithm is taken of at least
constexpr float spread_of_mean = 0.05F;  // spread that amounts have at least
constexpr float least_positive = 1e-9F;
constexpr std::size_t least_known_h = hours_per_day;
constexpr double loss_by_level = 0.4;       // as mixtures weigh losses
constexpr std::size_t most_windows = 3000;  // to learn from; a third of it to validate
constexpr std::int64_t hour_s = 3600, week_h = 7 * 24;
// Origins are so far apart: they pass through all hours of the day.
constexpr std::int64_t step_h = 25;
constexpr std::int64_t learnt_h = 8 * 7 * static_cast<std::int64_t>(hours_per_day);

class Collecting {
 public:
  Collecting(std::span<const UserAmounts> users, const base::TimeZone& zone, const ResourceModel& base,
             Knowledge& knowledge)
      : users_(users), zone_(zone), forecaster_(base), knowledge_(knowledge) {}

  // Origins in hours [from, until), the days of which end by then.
  void collect(std::int64_t from, std::int64_t until, std::size_t most, HeadExamples& to) {
    const auto day = static_cast<std::int64_t>(resource_head_hours);
    const auto origins = static_cast<std::size_t>(std::max<std::int64_t>((until - day - from) / step_h, 0));
    const std::size_t stride = users_.size() * origins / most + 1;
    std::size_t number = 0;
    for (std::int64_t hour = from; hour + day <= until; hour += step_h) {
      const ResourceOrigin origin(zone_, hour);
      for (const UserAmounts& user : users_)
        if (number++ % stride == 0) add(origin, user, to);
    }
  }

 private:
  void add(const ResourceOrigin& origin, const UserAmounts& user, HeadExamples& to) {
    forecaster_.forecast(origin, user.amounts, ahead_);
    if (forecaster_.window().known_hours() < least_known_h) return;
    const ResourceWindow& window = forecaster_.window();
    const ResourceHeadRows inputs(window, ahead_);
    const std::uint32_t who = knowledge_.row(user.user, origin.hour() * hour_s);
    const float mean = window.mean();
    const auto weight =
        static_cast<float>(mean > 0 ? std::pow(static_cast<double>(mean), -loss_by_level) : 0);
    if (weight == 0) return;
    for (std::size_t hour = 0; hour < ahead_.size(); ++hour) {
      const float amount = user.amounts.at(origin.hour() + static_cast<std::int64_t>(hour));
      if (std::isnan(amount)) continue;
      to.add_amount(inputs.rows().subspan(hour * resource_head_inputs, resource_head_inputs), ahead_[hour],
                    inputs.spreads()[hour], amount, weight, who);
    }
  }

  std::span<const UserAmounts> users_;
  const base::TimeZone& zone_;
  ResourceForecaster forecaster_;
  Knowledge& knowledge_;
  std::array<Quantiles, resource_head_hours> ahead_{};
};

}  // namespace

std::string resource_head(const std::string& metric) { return "heads.resource." + metric; }

ResourceHeadRows::ResourceHeadRows(const ResourceWindow& window, std::span<const Quantiles> ahead) {
  const float mean = std::max(window.mean(), least_positive);
  const auto level = [&](float amount) { return std::log(std::max(amount / mean, least_share)); };
  const std::size_t hours = std::min(ahead.size(), resource_head_hours);
  for (std::size_t hour = 0; hour < hours; ++hour) {
    const Quantiles& quantiles = ahead[hour];
    for (const float quantile : quantiles) rows_.push_back(level(quantile));
    spreads_.push_back(std::max(spread_of(quantiles, spread_of_mean * mean), least_positive));
    // Of the time, the hour in UTC: what differs in the users' own stands in is_rest, and in the quantiles.
    const std::int64_t at = window.origin().hour() + static_cast<std::int64_t>(hour);
    const double week = 2 * std::numbers::pi * static_cast<double>(at % week_h) / week_h, day = 7 * week;
    for (const double value :
         {static_cast<double>(level(window.last())),
          static_cast<double>(level(window.amount(past_hours - hours_per_day + hour))),
          static_cast<double>(level(window.amount(past_hours - 7 * hours_per_day + hour))),
          static_cast<double>(std::log(spreads_.back() / mean)), std::log1p(static_cast<double>(hour)),
          std::sin(day), std::cos(day), std::sin(2 * day), std::cos(2 * day), std::sin(week), std::cos(week),
          window.origin().is_rest(past_hours + hour) ? 1.0 : 0.0,
          std::log1p(static_cast<double>(window.known_hours()))})
      rows_.push_back(static_cast<float>(value));
  }
}

void correct_resources(const HeadOfUser& head, const ResourceForecaster& forecaster,
                       std::span<Quantiles> ahead) {
  if (forecaster.window().known_hours() < least_known_h) return;
  const ResourceHeadRows inputs(forecaster.window(), ahead);
  correct_quantiles(head, inputs.rows(), inputs.spreads(), ahead.first(inputs.spreads().size()));
}

HeadSet resource_head_set(std::span<const UserAmounts> users, const base::TimeZone& zone,
                          std::int64_t validated_from, std::int64_t until, Knowledge& knowledge) {
  HeadSet set(HeadKind::quantiles, resource_head_inputs);
  std::vector<HourlyAmounts> entities;
  for (const UserAmounts& user : users) entities.push_back(user.amounts);
  ResourceLearning learning;
  learning.origin_step_h = step_h;
  const ResourceModel base = learn_resource_model(entities, zone, validated_from, learning);
  Collecting collecting(users, zone, base, knowledge);
  collecting.collect(validated_from - learnt_h, validated_from, most_windows, set.learnt);
  collecting.collect(validated_from, until, most_windows / 3, set.validated);
  return set;
}

}  // namespace deskloom::predict
