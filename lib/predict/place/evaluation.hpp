#pragma once

#include <functional>
#include <string>
#include <vector>

#include "predict/choice_scores.hpp"
#include "predict/folds.hpp"
#include "predict/heads/head.hpp"
#include "predict/place/model.hpp"
#include "predict/place/walk.hpp"

namespace deskloom::predict {

struct PlaceScores {
  std::string model;
  WallHour horizon = 0;
  ChoiceScores scores;
};

struct PlaceTest {
  Folds folds;  // of hours of the grid
  std::vector<WallHour> horizons{1, 3, 24};
  std::vector<std::int32_t> holidays{};  // as PlaceMemory takes them
  HeadAt head{};                         // of a network, to be scored, too
};

// What was foretold of one sighting.
struct PlaceForecastMade {
  const PlaceTarget& target;
  const PlaceOutlook& outlook;
  const PlaceForecast& forecast;
};
using PlaceForecastSink = std::function<void(WallHour horizon, const PlaceForecastMade& made)>;

// A back-test: models learn from the hours before a fold, and are scored on each sighting of the fold, each
// with what was known a horizon before. made: told each of the learnt model's forecasts. Throws
// Error(usage) when too little is left to learn from, or to score.
std::vector<PlaceScores> evaluate_places(const TimeGrid& grid, const std::vector<UserSightings>& users,
                                         const PlaceTest& test, const PlaceForecastSink& made = {});

}  // namespace deskloom::predict
