#include "predict/demand/evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "predict/demand/baselines.hpp"

namespace deskloom::predict {
namespace {

constexpr std::array<const char*, 4> models{"as a week before", "exponential smoothing", "hour of the week",
                                            "regression and smoothing"};

class Evaluation {
 public:
  Evaluation(const DemandSeries& series, DemandKind kind, const DemandForecastSink& sink)
      : series_(series), kind_(kind), sink_(sink), week_before_(DayAheadMethod::week_before(series)) {}

  void foretell(std::size_t first, std::size_t last) {
    const DemandModel model = learn_demand(series_, first);
    const auto smoothing = DayAheadMethod::smoothing(series_, model.gains);
    const double scale = weekly_scale(series_, first);
    for (std::size_t origin = first; origin + hours_per_day <= last; origin += hours_per_day) {
      const auto ours = forecast_demand(model, series_, kind_, origin, hours_per_day);
      if (sink_) sink_(origin, ours);
      for (std::size_t ahead = 0; ahead < hours_per_day; ++ahead) {
        const float actual = known_or_nan(series_.amounts, origin + ahead);
        if (!std::isfinite(actual)) continue;
        const std::array<Quantiles, models.size()> forecasts{
            week_before_.quantiles(origin, ahead), smoothing.quantiles(origin, ahead),
            hour_of_week_quantiles(series_, origin + ahead), ours[ahead]};
        for (std::size_t i = 0; i < models.size(); ++i) scorers_[i].add(forecasts[i], actual, scale);
      }
    }
  }

  std::vector<AmountScores> scores() const {
    std::vector<AmountScores> all;
    for (std::size_t i = 0; i < models.size(); ++i) all.push_back(scorers_[i].scores(models[i]));
    return all;
  }

 private:
  const DemandSeries& series_;
  DemandKind kind_;
  const DemandForecastSink& sink_;
  DayAheadMethod week_before_;
  std::array<AmountScorer, models.size()> scorers_;
};

}  // namespace

std::vector<AmountScores> evaluate_demand(const DemandSeries& series, DemandKind kind, const Folds& folds,
                                          const DemandForecastSink& sink) {
  const auto until =
      std::min(static_cast<std::size_t>(std::max<std::int64_t>(folds.until(), 0)), series.amounts.size());
  if (folds.from() < static_cast<std::int64_t>(hours_per_week) ||
      static_cast<std::size_t>(folds.from()) + hours_per_day > until) {
    throw base::Error(base::ErrorKind::usage,
                      "less than a week is recorded before the test begins, or no whole day in it",
                      "let the test begin later, or earlier, or record more");
  }
  check_hours_of_week(series, until);
  Evaluation evaluation(series, kind, sink);
  for (std::size_t fold = 0; fold < folds.count(); ++fold) {
    evaluation.foretell(static_cast<std::size_t>(folds.begin(fold)),
                        std::min(static_cast<std::size_t>(folds.end(fold)), until));
  }
  return evaluation.scores();
}

}  // namespace deskloom::predict
