// Forecasts of what desktops use (SPEC D5).
#include "predict/resource/model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "resources.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

const base::TimeZone utc("UTC");
constexpr std::int64_t learnt_until = january_hour + 35 * 24;

ResourceLearning few_windows() {
  ResourceLearning options;
  options.windows = 300;
  return options;
}

std::vector<Quantiles> forecast(const ResourceModel& model, const HourlyAmounts& series, std::int64_t hour,
                                std::size_t hours = hours_per_day) {
  std::vector<Quantiles> ahead(hours);
  ResourceForecaster(model).forecast(ResourceOrigin(utc, hour), series, ahead);
  return ahead;
}

ResourceModel learn(const std::vector<HourlyAmounts>& entities) {
  return learn_resource_model(entities, utc, learnt_until, few_windows());
}

QuantileScores score(const ResourceModel& model, const std::vector<HourlyAmounts>& entities, int days) {
  QuantileScorer scorer;
  for (int day = 0; day < days; ++day) {
    const std::int64_t origin = learnt_until + day * 24;
    for (const HourlyAmounts& series : entities) {
      const auto ahead = forecast(model, series, origin);
      for (std::size_t i = 0; i < ahead.size(); ++i)
        scorer.add(ahead[i], series.at(origin + static_cast<std::int64_t>(i)));
    }
  }
  return scorer.scores();
}

ResourceModel only_expert(std::size_t expert) {
  ResourceModel model = ResourceModel::untrained();
  for (std::size_t band = 0; band < band_ends_h.size(); ++band)
    for (std::size_t i = 0; i < model.mixture.experts; ++i)
      model.mixture.weights_of(band, i).fill(i == expert ? 1.0F : 0.0F);
  return model;
}

bool is_same(const ResourceModel& a, const ResourceModel& b) {
  return a.newcomer == b.newcomer && a.mixture.weights == b.mixture.weights &&
         a.mixture.corrections == b.mixture.corrections;
}

}  // namespace

TEST_CASE("what is learnt forecasts better than equal weights, and about as well as the best expert") {
  const auto desktops = busy_desktops(20, 42);
  const double learnt = score(learn(desktops), desktops, 7).weighted_loss;
  CHECK(learnt < 0.9 * score(ResourceModel::untrained(), desktops, 7).weighted_loss);
  for (std::size_t expert = 0; expert < resource_experts().size(); ++expert)
    CHECK(learnt < 1.05 * score(only_expert(expert), desktops, 7).weighted_loss);
}

TEST_CASE("upper quantiles hold about as often as they say") {
  const auto desktops = busy_desktops(20, 42);
  const auto scores = score(learn(desktops), desktops, 7);
  CHECK(scores.coverage_90 > 0.85);
  CHECK(scores.coverage_95 > 0.91);
  CHECK(scores.coverage_95 < 0.995);
}

TEST_CASE("neither learning nor forecasts change when the future is deleted") {
  const auto desktops = busy_desktops(10, 42);
  std::vector<HourlyAmounts> known;
  for (const auto& desktop : desktops) known.push_back(until(desktop, learnt_until));
  const auto model = learn(desktops);
  CHECK(is_same(model, learn(known)));
  for (const std::int64_t hour : {january_hour + 5, january_hour + 200, learnt_until + 31})
    CHECK(forecast(model, desktops[3], hour) == forecast(model, until(desktops[3], hour), hour));
}

TEST_CASE("a thousand times as much is forecast a thousand times as high") {
  auto desktop = busy_desktops(1, 35).front();
  const auto model = ResourceModel::untrained();
  const auto small = forecast(model, desktop, learnt_until);
  for (float& amount : desktop.amounts) amount *= 1024;
  const auto big = forecast(model, desktop, learnt_until);
  for (std::size_t i = 0; i < small.size(); ++i)
    for (std::size_t level = 0; level < small[i].size(); ++level)
      CHECK(std::abs(big[i][level] - 1024 * small[i][level]) <= 1e-4F * big[i][level]);
}

TEST_CASE("of whom nothing is known is expected what is usual, and with each hour less of it") {
  const auto desktops = busy_desktops(10, 42);
  const auto model = learn(desktops);
  CHECK(model.newcomer[median_level] > 0);
  CHECK(forecast(model, {}, learnt_until)[5] == model.newcomer);
  const auto after = [&](std::size_t hours) {
    const HourlyAmounts series{learnt_until - static_cast<std::int64_t>(hours),
                               std::vector<float>(hours, 1e6F)};
    return forecast(model, series, learnt_until)[5];
  };
  CHECK(after(1)[median_level] > model.newcomer[median_level]);
  CHECK(after(12)[median_level] > after(1)[median_level]);
  CHECK(after(12)[median_level] < 0.6e6F);
  CHECK(after(24)[median_level] == 1e6F);
}

TEST_CASE("forecasts reach a week ahead, and no further") {
  const auto desktops = busy_desktops(10, 42);
  const auto model = learn(desktops);
  const auto week = forecast(model, desktops[0], learnt_until, most_hours_ahead);
  CHECK(are_sound(week));
  CHECK(week[4 * 24 + 12][median_level] > 8);
  CHECK(week[5 * 24 + 12][median_level] < 4);
  CHECK_THROWS_AS(forecast(model, desktops[0], learnt_until, most_hours_ahead + 1), base::Error);
}

TEST_CASE("nothing to learn from, or nothing sound, leaves a model that works") {
  constexpr float infinite = std::numeric_limits<float>::infinity();
  const auto untrained = ResourceModel::untrained();
  CHECK(is_same(learn({}), untrained));
  CHECK(is_same(learn({HourlyAmounts{}}), untrained));
  CHECK(is_same(learn({amounts_from_january(std::vector<float>(1000, infinite))}), untrained));
  auto desktops = busy_desktops(5, 42);
  desktops.push_back(amounts_from_january(std::vector<float>(1000, 0)));
  desktops.push_back(amounts_from_january(std::vector<float>(1000, 1e30F)));
  for (std::size_t i = 0; i < desktops[0].amounts.size(); i += 3)
    desktops[0].amounts[i] = std::numeric_limits<float>::quiet_NaN();
  for (const auto& model : {learn(desktops), untrained})
    for (const auto& desktop : desktops)
      CHECK(are_sound(forecast(model, desktop, learnt_until, most_hours_ahead)));
}

TEST_CASE("learning with options out of range is refused") {
  ResourceLearning options;
  options.origin_step_h = 0;
  CHECK_THROWS_AS(learn_resource_model({}, utc, learnt_until, options), base::Error);
  options = {};
  options.loss_by_level = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(learn_resource_model({}, utc, learnt_until, options), base::Error);
}
