#include "predict/resource/evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.hpp"
#include "predict/heads/resources.hpp"

namespace deskloom::predict {
namespace {

constexpr std::int64_t day_h = hours_per_day, hour_s = 3600;
constexpr std::size_t most_windows = 8000;  // of entities and origins
constexpr double none = std::numeric_limits<double>::quiet_NaN();

// The mean error of foretelling each hour before until as a day before.
double daily_scale(const HourlyAmounts& series, std::int64_t until) {
  double sum = 0, count = 0;
  const auto end = std::min(until, series.first_hour + static_cast<std::int64_t>(series.amounts.size()));
  for (std::int64_t hour = series.first_hour + day_h; hour < end; ++hour) {
    const double error = std::abs(static_cast<double>(series.at(hour)) - series.at(hour - day_h));
    if (!std::isfinite(error)) continue;
    sum += error;
    ++count;
  }
  return sum > 0 ? sum / count : none;
}

class Evaluation {
 public:
  Evaluation(std::span<const HourlyAmounts> entities, const base::TimeZone& zone, const Folds& folds,
             const ResourceHead& head)
      : entities_(entities),
        zone_(zone),
        folds_(folds),
        head_(head),
        scorers_(resource_experts().size() + (head.at ? 2 : 1)) {
    const auto days = static_cast<std::size_t>((folds.until() - folds.from()) / day_h);
    stride_ = entities.size() * days / most_windows + 1;
  }

  void foretell(std::size_t fold) {
    const ResourceModel model = learn_resource_model(entities_, zone_, folds_.begin(fold));
    std::vector<double> scales;
    for (const HourlyAmounts& series : entities_) scales.push_back(daily_scale(series, folds_.begin(fold)));
    ResourceForecaster mixture(model);
    for (std::int64_t hour = folds_.begin(fold); hour < folds_.end(fold); hour += day_h, ++origins_) {
      const ResourceOrigin origin(zone_, hour);
      const auto hours = static_cast<std::size_t>(std::min(day_h, folds_.end(fold) - hour));
      for (std::size_t entity = 0; entity < entities_.size(); ++entity) {
        if ((entity + origins_) % stride_ != 0) continue;
        window_.look(origin, entities_[entity]);
        if (window_.known_hours() > 0) score(mixture, entity, hours, scales[entity]);
      }
    }
  }

  std::vector<AmountScores> scores() const {
    std::vector<AmountScores> all;
    for (std::size_t i = 0; i < scorers_.size(); ++i) {
      const std::size_t experts = resource_experts().size();
      all.push_back(scorers_[i].scores(i < experts    ? std::string(resource_experts()[i].name)
                                       : i == experts ? "mixture"
                                                      : "network"));
    }
    return all;
  }

 private:
  void score(ResourceForecaster& mixture, std::size_t entity, std::size_t hours, double scale) {
    const HourlyAmounts& series = entities_[entity];
    std::array<Quantiles, hours_per_day> buffer{};
    const auto ahead = std::span(buffer).first(hours);
    const ResourceOrigin& origin = window_.origin();
    for (std::size_t i = 0; i < scorers_.size(); ++i) {
      if (i < resource_experts().size())
        resource_experts()[i].forecast(window_, ahead);
      else if (i == resource_experts().size())
        mixture.forecast(origin, series, ahead);
      else
        correct_resources(head_.at(head_.users[entity], origin.hour() * hour_s), mixture, ahead);
      for (std::size_t hour = 0; hour < hours; ++hour) {
        const float actual = series.at(origin.hour() + static_cast<std::int64_t>(hour));
        if (std::isfinite(actual)) scorers_[i].add(ahead[hour], actual, scale);
      }
    }
  }

  std::span<const HourlyAmounts> entities_;
  const base::TimeZone& zone_;
  const Folds& folds_;
  const ResourceHead& head_;
  std::vector<AmountScorer> scorers_;  // of each expert, of the mixture, and of a network
  std::size_t stride_ = 1, origins_ = 0;
  ResourceWindow window_;
};

}  // namespace

std::vector<AmountScores> evaluate_resources(std::span<const HourlyAmounts> entities,
                                             const base::TimeZone& zone, const Folds& folds,
                                             const ResourceHead& head) {
  Evaluation evaluation(entities, zone, folds, head);
  for (std::size_t fold = 0; fold < folds.count(); ++fold) evaluation.foretell(fold);
  std::vector<AmountScores> scores = evaluation.scores();
  if (scores.front().scores.count == 0) {
    throw base::Error(base::ErrorKind::usage, "nothing was measured before the test begins, or nothing in it",
                      "let the test begin within what is recorded");
  }
  return scores;
}

}  // namespace deskloom::predict
