#include "predict/ahead/model.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "predict/ahead/cells.hpp"
#include "predict/logistic.hpp"
#include "predict/weekly_walk.hpp"

namespace deskloom::predict {
namespace {

constexpr double most_examples = 150'000;  // of each band, beside the slots in which somebody connects
constexpr float least = 1e-6F, most = 1 - 1e-6F;
// Before any was seen: on holidays, and when they say so, hardly anybody comes; for an all-hands many do.
constexpr std::size_t holiday = connect_features + 4, out = holiday + 1, all_hands = holiday + 4;
constexpr double usual_away = -2.5, usual_all_hands = 1;

class Learning {
 public:
  Learning() {
    for (std::size_t band = 0; band < horizon_bands.size(); ++band)
      connects_[band].width = present_[band].width = ahead_features;
  }

  void add(const AheadCell& cell) {
    // Who is in session when the slot itself is decided needs no other desktop.
    if (cell.band > 0 || cell.was_away) add(connects_[cell.band], cell, cell.connects);
    add(present_[cell.band], cell, cell.present);
  }

  AheadModel fit() const {
    if (std::ranges::find(connects_[0].outcomes, char{1}) == connects_[0].outcomes.end()) {
      throw base::Error(base::ErrorKind::usage, "nobody is known to connect in the span to learn from",
                        "six weeks are left for habits to settle: record more, or forecast without a model");
    }
    AheadModel model;
    for (std::size_t band = 0; band < horizon_bands.size(); ++band) {
      model.connects[band] = weights_of(connects_[band]);
      model.present[band] = weights_of(present_[band]);
    }
    return model;
  }

 private:
  static void add(Examples& examples, const AheadCell& cell, bool outcome) {
    examples.features.insert(examples.features.end(), cell.features.begin(), cell.features.end());
    examples.weights.push_back(static_cast<float>(cell.weight));
    examples.outcomes.push_back(outcome ? 1 : 0);
  }

  static AheadModel::Weights weights_of(const Examples& examples) {
    const std::vector<double> fitted = fit_logistic(examples, 1, usual_ahead_weights());
    AheadModel::Weights weights{};
    std::ranges::transform(fitted, weights.begin(), [](double weight) { return static_cast<float>(weight); });
    return weights;
  }

  std::array<Examples, horizon_bands.size()> connects_, present_;
};

float probability(const AheadModel::Weights& weights, const AheadFeatures& features) {
  float z = 0;
  for (std::size_t i = 0; i < features.size(); ++i) z += weights[i] * features[i];
  return std::clamp(1 / (1 + std::exp(-z)), least, most);
}

}  // namespace

std::vector<double> usual_ahead_weights() {
  std::vector<double> usual(ahead_features);
  usual[holiday] = usual[out] = usual_away;
  usual[all_hands] = usual_all_hands;
  usual[emptiness_feature] = usual_emptiness_weight;
  return usual;
}

AheadModel learn_ahead(const TimeGrid& grid, const std::vector<UserSessions>& users,
                       const Calendars& calendars, const ConnectOptions& options, std::int64_t until) {
  const double cells = static_cast<double>(std::max<std::int64_t>(until - settling_slots, 1)) *
                       static_cast<double>(users.size());
  Learning learning;
  each_ahead_cell(grid, users, calendars, options,
                  {settling_slots, until - 1, std::min(1.0, most_examples / std::max(cells, 1.0))},
                  [&](const AheadCell& cell) { learning.add(cell); });
  return learning.fit();
}

std::vector<AheadScores> evaluate_ahead(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                        const Calendars& calendars, const ConnectOptions& options,
                                        std::int64_t test_from, const AheadModel& model) {
  struct Band {
    Foretold by_habit, by_model, there_by_habit, there_by_model;
  };
  std::array<Band, horizon_bands.size()> bands;
  each_ahead_cell(grid, users, calendars, options, {test_from, grid.slots(), 1}, [&](const AheadCell& cell) {
    Band& band = bands[cell.band];
    band.there_by_habit.add(cell.there_by_habit, cell.present);
    band.there_by_model.add(probability(model.present[cell.band], cell.features), cell.present);
    if (cell.band == 0 && !cell.was_away) return;
    band.by_habit.add(cell.by_habit, cell.connects);
    band.by_model.add(probability(model.connects[cell.band], cell.features), cell.connects);
  });
  std::vector<AheadScores> scores;
  for (const Band& band : bands) {
    scores.push_back(
        {score(band.by_habit), score(band.by_model), score(band.there_by_habit), score(band.there_by_model)});
  }
  return scores;
}

AheadForecast Outlook::of(const UserView& user) const {
  AheadForecast forecast;
  for (std::int64_t target = origin_; target < last_; ++target) {
    if (model_ == nullptr) {
      const auto hour = static_cast<std::size_t>(grid_.hour_of_week(target));
      const bool is_quiet = calendars_.is_holiday(target) || calendars_.is_out(user.number, target);
      const float here = is_quiet ? least : user.rates.present[hour];
      forecast.present.push_back(here);
      forecast.connects.push_back(is_quiet ? least : user.rates.connects[hour] * (1 - here));
      continue;
    }
    const std::size_t band = horizon_band_of(target - origin_);
    const auto features = ahead_features_of(grid_, turnout_, of_all_, calendars_, user, origin_, target);
    forecast.connects.push_back(probability(model_->connects[band], features));
    forecast.present.push_back(probability(model_->present[band], features));
  }
  return forecast;
}

void each_day_ahead(
    const TimeGrid& grid, const std::vector<UserSessions>& users, const Calendars& calendars,
    const ConnectOptions& options, std::int64_t from, std::int64_t until, const AheadModel& model,
    const std::function<void(std::size_t user, std::int64_t origin, const AheadForecast& day)>& visit) {
  const KnownFuture future(grid, calendars);
  each_week(grid, users, options, slots_per_day, [&](const WalkedWeek& week) {
    for (std::int64_t origin = std::max(week.first, from); origin < week.last; ++origin) {
      const std::int64_t last = origin + slots_per_day;
      if (grid.day_begin(origin) != origin || last > std::min(until, grid.slots())) continue;
      const Outlook outlook(grid, origin, last, week.turnout, week.of_all, future, &model);
      for (std::size_t user = 0; user < users.size(); ++user)
        visit(user, origin, outlook.of({week.users[user], week.rates[user], user}));
    }
  });
}

}  // namespace deskloom::predict
