#include "predict/resource/model.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.hpp"

namespace deskloom::predict {
namespace {

constexpr float spread_of_mean = 0.05F;       // spread that amounts have at least, for corrections
constexpr std::size_t calibration_share = 4;  // every so many windows tell how well the others were learnt
constexpr std::size_t week_share = 5;         // every so many windows look more than a day ahead
constexpr double least_level = 1e-3;          // of the mean of all; entities below weigh as it
constexpr std::size_t newcomer_hours = hours_per_day;  // after so many an entity is none any more
constexpr std::size_t newcomer_sample = 100'000;

// Hours ahead that are learnt from: each at first, then fewer.
bool is_learnt(std::size_t ahead) {
  if (ahead < 12) return true;
  return ahead < hours_per_day ? ahead % 2 == 0 : ahead % 13 == 0;
}

void forecast_by_experts(const ResourceWindow& window, std::size_t hours, std::vector<Quantiles>& by_expert) {
  const auto experts = resource_experts();
  by_expert.resize(experts.size() * hours);
  for (std::size_t i = 0; i < experts.size(); ++i)
    experts[i].forecast(window, std::span(by_expert).subspan(i * hours, hours));
}

// Everybody's amounts in the two weeks before an hour.
class Population {
 public:
  Population(std::span<const HourlyAmounts> entities, std::int64_t until) {
    double sum = 0;
    for (const HourlyAmounts& series : entities) {
      for (std::int64_t hour = until - static_cast<std::int64_t>(past_hours); hour < until; ++hour) {
        const float amount = series.at(hour);
        if (std::isnan(amount)) continue;
        amounts_.push_back(amount);
        sum += amount;
      }
    }
    mean_ = sum / std::max<double>(1, static_cast<double>(amounts_.size()));
  }

  double mean() const { return mean_; }
  Quantiles quantiles() const {
    if (amounts_.empty()) return {};
    std::vector<float> sample;
    const std::size_t stride = amounts_.size() / newcomer_sample + 1;
    for (std::size_t i = 0; i < amounts_.size(); i += stride) sample.push_back(amounts_[i]);
    return empirical_quantiles(sample);
  }

 private:
  std::vector<float> amounts_;
  double mean_ = 0;
};

class Learning {
 public:
  Learning(std::span<const HourlyAmounts> entities, const base::TimeZone& zone, std::int64_t until,
           const ResourceLearning& options)
      : entities_(entities), until_(until), options_(options), population_(entities, until) {
    for (std::int64_t hour = until - options.origin_step_h;
         hour >= until - std::int64_t{options.span_days} * std::int64_t{hours_per_day};
         hour -= options.origin_step_h)
      origins_.emplace_back(zone, hour);
    stride_ = entities.size() * origins_.size() / options.windows + 1;
  }

  ResourceModel learn() {
    ResourceModel model = ResourceModel::untrained();
    model.newcomer = population_.quantiles();
    learn_weights(model.mixture);
    calibrate(model.mixture);
    return model;
  }

 private:
  void learn_weights(QuantileMixture& mixture) {
    const std::size_t experts = mixture.experts;
    MixtureLearner learner(experts);
    std::vector<Quantiles> of_hour(experts);
    each_window(false, [&](const HourlyAmounts& series, std::size_t hours) {
      const double level = std::max<double>(window_.mean(), least_level * population_.mean());
      const auto weight = static_cast<float>(level > 0 ? std::pow(level, -options_.loss_by_level) : 1);
      for (std::size_t ahead = 0; ahead < hours; ++ahead) {
        const float actual = series.at(window_.origin().hour() + static_cast<std::int64_t>(ahead));
        if (std::isnan(actual) || !is_learnt(ahead)) continue;
        for (std::size_t i = 0; i < experts; ++i) of_hour[i] = by_expert_[i * hours + ahead];
        learner.add(ahead, of_hour, actual, weight);
      }
    });
    mixture = learner.learn();
  }

  void calibrate(QuantileMixture& mixture) {
    MixtureCalibration calibration;
    std::array<Quantiles, most_hours_ahead> mixed;
    each_window(true, [&](const HourlyAmounts& series, std::size_t hours) {
      const float least_spread = spread_of_mean * window_.mean();
      mixture.mix(by_expert_, least_spread, std::span(mixed).first(hours));
      for (std::size_t ahead = 0; ahead < hours; ++ahead) {
        const float actual = series.at(window_.origin().hour() + static_cast<std::int64_t>(ahead));
        if (std::isnan(actual) || !is_learnt(ahead)) continue;
        calibration.add(ahead, mixed[ahead], least_spread, actual);
      }
    });
    calibration.correct(mixture);
  }

  // Those that calibrate, or the others; with what experts say of the hours that are known by now.
  template <typename Visit>
  void each_window(bool calibrates, const Visit& visit) {
    std::size_t number = 0;
    for (std::size_t i = 0; i < origins_.size(); ++i) {
      const auto known_ahead = static_cast<std::size_t>(until_ - origins_[i].hour());
      for (std::size_t entity = 0; entity < entities_.size(); ++entity) {
        if ((entity + i) % stride_ != 0) continue;
        if ((number++ % calibration_share == 0) != calibrates) continue;
        window_.look(origins_[i], entities_[entity]);
        if (window_.known_hours() < newcomer_hours) continue;
        const std::size_t hours =
            std::min(known_ahead, number % week_share == 0 ? most_hours_ahead : hours_per_day);
        forecast_by_experts(window_, hours, by_expert_);
        visit(entities_[entity], hours);
      }
    }
  }

  std::span<const HourlyAmounts> entities_;
  std::int64_t until_;
  ResourceLearning options_;
  Population population_;
  std::vector<ResourceOrigin> origins_;
  std::size_t stride_ = 1;
  ResourceWindow window_;
  std::vector<Quantiles> by_expert_;
};

void check(const ResourceLearning& options) {
  const bool is_possible = options.span_days > 0 && options.windows > 0 && options.origin_step_h > 0 &&
                           options.loss_by_level >= 0 && options.loss_by_level <= 1;
  if (!is_possible)
    throw base::Error(base::ErrorKind::usage, "cannot learn to forecast resources with these options",
                      "give days, windows and hours above 0, and a power of 0 to 1");
}

}  // namespace

ResourceModel ResourceModel::untrained() {
  return {QuantileMixture::untrained(resource_experts().size()), {}};
}

ResourceModel learn_resource_model(std::span<const HourlyAmounts> entities, const base::TimeZone& zone,
                                   std::int64_t until, const ResourceLearning& options) {
  check(options);
  return Learning(entities, zone, until, options).learn();
}

void ResourceForecaster::forecast(const ResourceOrigin& origin, const HourlyAmounts& series,
                                  std::span<Quantiles> ahead) {
  if (ahead.size() > most_hours_ahead)
    throw base::Error(base::ErrorKind::usage,
                      "cannot forecast " + std::to_string(ahead.size()) + " hours ahead",
                      "ask for at most " + std::to_string(most_hours_ahead));
  window_.look(origin, series);
  if (window_.known_hours() == 0) {
    std::ranges::fill(ahead, model_.newcomer);
    return;
  }
  forecast_by_experts(window_, ahead.size(), by_expert_);
  model_.mixture.mix(by_expert_, spread_of_mean * window_.mean(), ahead);
  if (window_.known_hours() >= newcomer_hours) return;
  const float known = static_cast<float>(window_.known_hours()) / newcomer_hours;
  for (Quantiles& quantiles : ahead)
    for (std::size_t level = 0; level < quantiles.size(); ++level)
      quantiles[level] = std::lerp(model_.newcomer[level], quantiles[level], known);
}

}  // namespace deskloom::predict
