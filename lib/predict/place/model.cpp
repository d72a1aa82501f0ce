#include "predict/place/model.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "predict/network/sampler.hpp"
#include "predict/place/walk.hpp"
#include "predict/softmax_regression.hpp"

namespace deskloom::predict {
namespace {

constexpr std::int64_t settling_h = week_h;
constexpr double most_values = 3'000'000;  // features of all examples for a horizon
constexpr double ridge = 5;

// How large a share of the sightings may be learnt from.
double share_that_fits(const std::vector<UserSightings>& users, std::int64_t until) {
  double values = 0;
  for (const UserSightings& user : users) {
    std::unordered_set<PlaceId> places;
    double sightings = 0;
    for (const Sighting& sighting : user.sightings) {
      if (sighting.hour >= until) break;
      places.insert(sighting.place);
      ++sightings;
    }
    const std::size_t rows = std::min(places.size(), most_candidates) + 1;
    values += sightings * static_cast<double>(rows * place_features);
  }
  return std::min(1.0, most_values / std::max(values, 1.0));
}

Choices examples_of(WallHour horizon, PlaceWalk walk, std::int64_t until, Sampler sampler) {
  Choices choices(place_features);
  walk.each_target(horizon, settling_h, until, [&](const PlaceTarget& target) {
    if (!sampler.takes()) return;
    PlaceOutlook outlook(walk.memory(), target.user, target.now);
    const auto rows = outlook.features(target.target);
    const auto places = outlook.user().places();
    const auto taken = std::ranges::find(outlook.candidates(), target.place,
                                         [&](PlaceOutlook::Index candidate) { return places[candidate].id; });
    choices.add(rows, static_cast<std::size_t>(taken - outlook.candidates().begin()));
  });
  return choices;
}

}  // namespace

PlaceModel::Weights PlaceModel::at(WallHour horizon) const {
  const auto above = std::ranges::lower_bound(place_horizons_h, horizon);
  if (above == place_horizons_h.begin()) return weights.front();
  if (above == place_horizons_h.end()) return weights.back();
  const auto upper = static_cast<std::size_t>(above - place_horizons_h.begin());
  const double low = place_horizons_h[upper - 1], high = *above;
  const auto share = static_cast<float>(std::log(horizon / low) / std::log(high / low));
  Weights between{};
  for (std::size_t i = 0; i < between.size(); ++i)
    between[i] = std::lerp(weights[upper - 1][i], weights[upper][i], share);
  return between;
}

const PlaceModel& usual_place_model() {
  static const PlaceModel model = [] {
    PlaceModel::Weights usual{};
    usual[share_often] = 0.3F;
    usual[share_lately] = usual[share_at_hour] = usual[share_at_hour_of_week] = 0.2F;
    usual[share_on_days_alike] = usual[share_after_place] = usual[share_after_place_hour] = 0.1F;
    std::ranges::copy(std::array{1.0F, 1.0F, 1.0F, 0.7F, 0.3F}, &usual[last_by_age]);
    usual[last_today] = 1;
    usual[last_stay] = usual[same_hour_week] = usual[group_now] = 0.2F;
    usual[group_at_hour] = 0.4F;
    usual[anywhere_else] = -1;
    usual[else_news] = -0.6F;
    PlaceModel all;
    all.weights.fill(usual);
    return all;
  }();
  return model;
}

PlaceForecast forecast_of(const PlaceOutlook& outlook, std::span<const float> probabilities) {
  const auto candidates = outlook.candidates();
  PlaceForecast forecast;
  forecast.elsewhere = probabilities.back();
  forecast.places.reserve(candidates.size());
  for (std::size_t row = 0; row < candidates.size(); ++row)
    forecast.places.emplace_back(outlook.user().places()[candidates[row]].id, probabilities[row]);
  std::ranges::stable_sort(forecast.places, std::ranges::greater{}, &std::pair<PlaceId, float>::second);
  return forecast;
}

PlaceForecast forecast_place(const PlaceModel& model, PlaceOutlook& outlook, WallHour now, WallHour target) {
  const auto rows = outlook.features(target);
  std::vector<float> probabilities(outlook.candidates().size() + 1);
  softmax(model.at(target - now), rows, probabilities);
  return forecast_of(outlook, probabilities);
}

PlaceModel learn_places(const TimeGrid& grid, const std::vector<UserSightings>& users,
                        const std::vector<std::int32_t>& holidays, std::int64_t until) {
  PlaceModel model = usual_place_model();
  const Sampler sampler(share_that_fits(users, until));
  const PlaceWalk walk(grid, users, holidays);
  for (std::size_t i = 0; i < place_horizons_h.size(); ++i) {
    const Choices choices = examples_of(place_horizons_h[i], walk, until, sampler);
    std::ranges::copy(fit_softmax(choices, model.weights[i], ridge), model.weights[i].begin());
  }
  return model;
}

}  // namespace deskloom::predict
