#include <algorithm>
#include <array>
#include <stdexcept>

#include "forecast/applications.hpp"
#include "forecast/feedback.hpp"
#include "forecast/forecasts.hpp"
#include "forecast/habits.hpp"
#include "forecast/places.hpp"
#include "forecast/pools.hpp"
#include "forecast/resources.hpp"
#include "fuzz/expect.hpp"
#include "predict/application/model.hpp"
#include "predict/user_week.hpp"

namespace deskloom::test {
namespace {

using base::ErrorKind;

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

template <typename Series>
void require_probabilities(const Series& series) {
  require(std::ranges::all_of(series, [](float p) { return p >= 0 && p <= 1; }), "no probability");
}

constexpr double prior_slots = 4;

bool run_habit_counts(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const std::string packed(text_of(input));
    const predict::HabitCounts counts = forecast::unpack(packed);
    require(forecast::pack(counts) == packed, "counts that change");
    const auto rates = predict::rates_of(counts, predict::rates_of_all({}), prior_slots);
    require_probabilities(rates.connects);
    require_probabilities(rates.present);
  });
}

predict::HabitCounts some_counts() {
  predict::HabitCounts counts;
  counts.exposed.fill(3.5F);
  counts.connects[36] = counts.present[40] = 2.25F;
  counts.weeks = 3.5F;
  return counts;
}

std::vector<std::string> habit_counts_seeds() { return {forecast::pack(some_counts())}; }

bool run_all_counts(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const auto of_all = predict::rates_of_all(forecast::unpack_exactly(input));
    const auto rates = predict::rates_of(some_counts(), of_all, prior_slots);
    for (const auto& known : {of_all, rates}) {
      require_probabilities(known.connects);
      require_probabilities(known.present);
    }
  });
}

std::vector<std::string> all_counts_seeds() { return {forecast::pack_exactly(some_counts())}; }

// Looked at in the week from its fifth Monday on.
bool run_habit_sessions(Input input) {
  static const base::Timestamp from{std::chrono::seconds(1'767'567'600)};  // 2026-01-05
  static const predict::TimeGrid grid(base::TimeZone("Europe/Warsaw"), from, from + std::chrono::weeks(6));
  constexpr std::int64_t origin = 4 * predict::slots_per_week, end = 5 * predict::slots_per_week;
  constexpr std::int64_t lead_s = 240;
  return accepts({ErrorKind::corrupt}, [&] {
    const auto sessions = forecast::unpack_sessions(input);
    require(forecast::pack_sessions(sessions) == text_of(input), "sessions that change");
    const predict::UserWeek week(grid, sessions, origin, end, lead_s, predict::slots_per_day);
    require(week.connects(0, origin) >= 0, "fewer than no connects");
    predict::HabitCounts counts;
    week.add_to(counts, grid);
    require_probabilities(predict::rates_of(counts, predict::rates_of_all(counts), prior_slots).present);
  });
}

std::vector<std::string> habit_sessions_seeds() {
  return {"", forecast::pack_sessions({{1'767'600'000, 1'767'610'000}, {1'769'986'800, 1'769'990'000}})};
}

bool run_forecast(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const forecast::UserForecast forecast = forecast::unpack_forecast(input);
    require(forecast.connects.size() == forecast.present.size(), "series of unlike lengths");
    require_probabilities(forecast.connects);
    require_probabilities(forecast.present);
    require(forecast::pack_forecast(forecast).size() == input.size(), "a forecast that grows");
  });
}

std::vector<std::string> forecast_seeds() {
  return {forecast::pack_forecast({}),
          forecast::pack_forecast({{0.5F, 1e-6F, 0}, {0.25F, 1, 0.75F}, 600, 7200})};
}

bool run_pool_hours(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    require(forecast::pack_amounts(forecast::unpack_amounts(input)) == text_of(input), "hours that change");
  });
}

std::vector<std::string> pool_hours_seeds() { return {"", forecast::pack_amounts({0, 2.5F, 7})}; }

bool run_pool_forecast(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const auto hours = forecast::unpack_quantiles(input);
    require(std::ranges::all_of(hours, [](const auto& hour) { return std::ranges::is_sorted(hour); }),
            "quantiles that cross");
    require(forecast::pack_quantiles(hours) == text_of(input), "a forecast that changes");
  });
}

std::vector<std::string> pool_forecast_seeds() {
  predict::Quantiles hour{};
  hour.back() = 3.5F;
  return {"", forecast::pack_quantiles({{}, hour})};
}

bool run_resources(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const auto resources = forecast::unpack_resources(input);
    require(forecast::pack_resources(resources) == text_of(input), "resources that change");
  });
}

std::vector<std::string> resources_seeds() {
  forecast::ResourceForecast forecast;
  forecast[1] = {{1, 2.5F, 3}, {0, 0, 1e9F}};
  return {forecast::pack_resources({}), forecast::pack_resources(forecast)};
}

bool run_pending(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    forecast::Pending pending;
    forecast::unpack_pending(input, pending);
    for (const forecast::PendingUser& user : pending.users) {
      require_probabilities(user.by_model);
      require_probabilities(user.by_habit);
      for (const predict::Correction& correction : pending.corrections)
        require_probabilities(std::array{correction.of(user.by_model[0])});
    }
    require(forecast::pack_pending(pending).size() == input.size(), "forecasts that grow");
  });
}

std::vector<std::string> pending_seeds() {
  return {forecast::pack_pending({}),
          forecast::pack_pending(
              {{}, 0, "", {predict::Correction{0.5F, -1}, {}}, {{1, {0.5F, 1e-6F}, {0.25F, 1}}}})};
}

bool run_pending_pools(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const auto pools = forecast::unpack_pending_pools(input);
    require(forecast::pack_pending_pools(pools) == text_of(input), "pools that change");
  });
}

std::vector<std::string> pending_pools_seeds() {
  return {"", forecast::pack_pending_pools({{"office", {}, {}}})};
}

bool run_feedback_bins(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const predict::LogitBins bins = forecast::unpack_bins(input);
    require(forecast::pack_bins(bins) == text_of(input), "bins that change");
    const auto correction = predict::learn_correction(std::vector<predict::LogitBins>(7, bins));
    require_probabilities(std::array{correction.of(0), correction.of(0.5F), correction.of(1)});
  });
}

std::vector<std::string> feedback_bins_seeds() {
  predict::LogitBins bins{};
  for (int slot = 0; slot < 400; ++slot) predict::add_to_bins(bins, slot % 9 - 5, 0.25, slot % 3 == 0);
  return {forecast::pack_bins({}), forecast::pack_bins(bins)};
}

bool run_application_counts(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    predict::UserUse use = forecast::unpack_use(input);
    require(forecast::pack_use(use) == text_of(input), "counts that change");
    predict::RoleUse role;
    role.add(use);
    use.see({1'800'000'000, 3, 60}, 9);
    for (const auto& [application, share] :
         predict::forecast_uses(predict::usual_application_model().in_session, use, role, 9))
      require(share >= 0 && share <= 1, "no probability");
  });
}

std::vector<std::string> application_counts_seeds() {
  predict::UserUse use;
  for (const std::int64_t at : {1'767'600'000, 1'767'600'600, 1'767'700'000}) use.see({at, 3, 60}, 9);
  use.see({1'767'700'100, 4, 60}, 9);
  return {forecast::pack_use({}), forecast::pack_use(use)};
}

bool run_application_forecast(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const auto shares = forecast::unpack_applications(input);
    require(forecast::pack_applications(shares) == text_of(input), "a forecast that changes");
  });
}

std::vector<std::string> application_forecast_seeds() {
  return {forecast::pack_applications({}), forecast::pack_applications({{3, 0.75F}, {0, 0.5F}})};
}

bool run_place_map(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const forecast::PlaceMap map = forecast::unpack_places(input);
    require(forecast::pack_places(map) == text_of(input), "a map that changes");
    for (std::size_t hour = 0; hour < map.hours.size(); ++hour) {
      require_probabilities(map.hours[hour]);
      require(map.elsewhere(hour) >= 0 && map.elsewhere(hour) <= 1, "no probability");
    }
  });
}

std::vector<std::string> place_map_seeds() {
  return {forecast::pack_places({}),
          forecast::pack_places({{"00000000000000a1", "fedcba9876543210"}, {{0.75F, 0.25F}, {0, 0.5F}}})};
}

}  // namespace

std::vector<FuzzTarget> forecast_targets() {
  return {{"habit-counts", run_habit_counts, habit_counts_seeds},
          {"all-counts", run_all_counts, all_counts_seeds},
          {"habit-sessions", run_habit_sessions, habit_sessions_seeds},
          {"forecast", run_forecast, forecast_seeds},
          {"pool-hours", run_pool_hours, pool_hours_seeds},
          {"pool-forecast", run_pool_forecast, pool_forecast_seeds},
          {"resources", run_resources, resources_seeds},
          {"pending", run_pending, pending_seeds},
          {"pending-pools", run_pending_pools, pending_pools_seeds},
          {"feedback-bins", run_feedback_bins, feedback_bins_seeds},
          {"application-counts", run_application_counts, application_counts_seeds},
          {"application-forecast", run_application_forecast, application_forecast_seeds},
          {"place-map", run_place_map, place_map_seeds}};
}

}  // namespace deskloom::test
