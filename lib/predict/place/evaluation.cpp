#include "predict/place/evaluation.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "predict/heads/places.hpp"
#include "predict/place/markov.hpp"

namespace deskloom::predict {
namespace {

constexpr std::array<const char*, place_rules> rule_names{"user's frequency", "user's hour of the week",
                                                          "Markov chain", "persistence"};

double share_of_else(const PlaceOutlook& outlook, PlaceId place) {
  const auto shares = outlook.else_shares();
  const auto found = std::ranges::find(shares, place, &std::pair<PlaceId, float>::first);
  return found == shares.end() ? 0 : found->second;
}

class Evaluation {
 public:
  Evaluation(const TimeGrid& grid, const std::vector<UserSightings>& users, const PlaceTest& test,
             const PlaceForecastSink& made)
      : grid_(grid), users_(users), test_(test), made_(made), start_(grid, users, test.holidays) {}

  std::vector<PlaceScores> run() {
    for (std::size_t fold = 0; fold < test_.folds.count(); ++fold)
      models_.push_back(learn_places(grid_, users_, test_.holidays, test_.folds.begin(fold)));
    std::vector<PlaceScores> all;
    for (const WallHour horizon : test_.horizons) {
      by_rule_ = {};
      learnt_ = by_network_ = {};
      foretell(horizon);
      for (std::size_t rule = 0; rule < place_rules; ++rule)
        all.push_back({rule_names[rule], horizon, by_rule_[rule].scores()});
      all.push_back({"learnt mixture", horizon, learnt_.scores()});
      if (test_.head) all.push_back({"network", horizon, by_network_.scores()});
    }
    return all;
  }

 private:
  void foretell(WallHour horizon) {
    MarkovPlaces rules(users_.size(), horizon);
    PlaceWalk walk = start_;
    walk.each_target(
        horizon, test_.folds.from(), test_.folds.until(),
        [&](const PlaceTarget& target) {
          score_rules(rules, target);
          PlaceOutlook outlook(walk.memory(), target.user, target.now);
          score_learnt(outlook, target, horizon);
        },
        [&](const PlaceTarget& seen) { rules.see(seen.user, seen.target, seen.place); });
  }

  void score_rules(const MarkovPlaces& rules, const PlaceTarget& target) {
    const auto truth = rules.probabilities(target.user, target.target, target.place);
    const auto places = rules.places(target.user);
    std::array<std::size_t, place_rules> likelier{};
    if (!std::ranges::binary_search(places, target.place)) likelier.fill(ChoiceScorer::unranked);
    for (const PlaceId place : places) {
      if (likelier.front() == ChoiceScorer::unranked) break;
      const auto other = rules.probabilities(target.user, target.target, place);
      for (std::size_t rule = 0; rule < place_rules; ++rule)
        likelier[rule] += other[rule] > truth[rule] ? 1U : 0U;
    }
    for (std::size_t rule = 0; rule < place_rules; ++rule) by_rule_[rule].add(truth[rule], likelier[rule]);
  }

  void score_learnt(PlaceOutlook& outlook, const PlaceTarget& target, WallHour horizon) {
    const PlaceModel& model = models_[test_.folds.fold_of(target.hour)];
    const PlaceForecast forecast = forecast_place(model, outlook, target.now, target.target);
    score(forecast, outlook, target, learnt_);
    if (made_) made_(horizon, {target, outlook, forecast});
    if (!test_.head) return;
    const auto head =
        test_.head(users_[target.user].user, grid_.time_s((target.hour - horizon + 1) * hour_slots));
    score(forecast_place(model, outlook, target.now, target.target, head), outlook, target, by_network_);
  }

  static void score(const PlaceForecast& forecast, const PlaceOutlook& outlook, const PlaceTarget& target,
                    ChoiceScorer& scorer) {
    const auto found = std::ranges::find(forecast.places, target.place, &std::pair<PlaceId, float>::first);
    if (found != forecast.places.end()) {
      scorer.add(found->second, static_cast<std::size_t>(found - forecast.places.begin()));
    } else {
      scorer.add(forecast.elsewhere * share_of_else(outlook, target.place), ChoiceScorer::unranked);
    }
  }

  const TimeGrid& grid_;
  const std::vector<UserSightings>& users_;
  const PlaceTest& test_;
  const PlaceForecastSink& made_;
  PlaceWalk start_;
  std::vector<PlaceModel> models_;  // learnt before each fold
  std::array<ChoiceScorer, place_rules> by_rule_;
  ChoiceScorer learnt_, by_network_;
};

bool any_in(const std::vector<UserSightings>& users, std::int64_t from, std::int64_t until) {
  return std::ranges::any_of(users, [&](const UserSightings& user) {
    const auto first = std::ranges::lower_bound(user.sightings, from, {}, &Sighting::hour);
    return first != user.sightings.end() && first->hour < until;
  });
}

}  // namespace

std::vector<PlaceScores> evaluate_places(const TimeGrid& grid, const std::vector<UserSightings>& users,
                                         const PlaceTest& test, const PlaceForecastSink& made) {
  if (!any_in(users, 0, test.folds.from()) || !any_in(users, test.folds.from(), test.folds.until())) {
    throw base::Error(base::ErrorKind::usage, "no places are recorded before the test begins, or none in it",
                      "let the test begin within what is recorded");
  }
  return Evaluation(grid, users, test, made).run();
}

}  // namespace deskloom::predict
