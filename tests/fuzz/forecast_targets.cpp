#include <algorithm>
#include <stdexcept>

#include "base/sha256.hpp"
#include "forecast/forecasts.hpp"
#include "forecast/habits.hpp"
#include "forecast/packing.hpp"
#include "fuzz/expect.hpp"
#include "predict/ahead_file.hpp"

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

// A user on the fifth Monday, at midnight, of whom a day ahead is asked.
class Scene {
 public:
  Scene() : week_(look_at({{grid_.time_s(origin - 40), grid_.time_s(origin - 8)}})) {}

  predict::UserWeek look_at(const std::vector<domain::Session>& sessions) const {
    return {grid_, sessions, origin, origin + 1, lead_s, predict::slots_per_day};
  }
  predict::AheadForecast foretell(const predict::AheadModel& model) const {
    return predict::Outlook(grid_, origin, origin + predict::slots_per_day, turnout_, of_all_, calendars_,
                            &model)
        .of({week_, predict::rates_of({}, of_all_, prior_slots), 0});
  }

  static constexpr std::int64_t origin = 4 * predict::slots_per_week;
  static constexpr double prior_slots = 4;

 private:
  static constexpr std::int64_t lead_s = 240;

  base::Timestamp from_{std::chrono::seconds(1'767'567'600)};  // 2026-01-05
  predict::TimeGrid grid_{base::TimeZone("Europe/Warsaw"), from_, from_ + std::chrono::weeks(6)};
  predict::Turnout turnout_{grid_};
  predict::HabitRates of_all_ = predict::rates_of_all({});
  predict::KnownFuture calendars_{grid_, {}};
  predict::UserWeek week_;
};

const Scene& scene() {
  static const Scene scene;
  return scene;
}

// The checksum would keep a fuzzer out: it is made right before the parser sees it.
void mend_model(std::string& bytes) {
  constexpr std::string_view key = "\"sha256\":\"";
  constexpr std::size_t digits = 2 * sizeof(base::Sha256);
  const std::size_t at = bytes.find(key);
  if (at == std::string::npos || bytes.size() - at - key.size() < digits) return;
  bytes.replace(at + key.size(), digits, digits, '0');
  bytes.replace(at + key.size(), digits, base::hex_of(base::sha256(forecast::bytes_of(bytes))));
}

bool run_model(Input input) {
  std::string bytes(text_of(input));
  mend_model(bytes);
  return accepts({ErrorKind::corrupt, ErrorKind::usage}, [&] {
    const predict::ModelFile file = predict::decode_model(bytes, "model");
    const std::string again = predict::encode_model(file);
    require(predict::encode_model(predict::decode_model(again, "model")) == again, "a model that changes");
    const auto forecast = scene().foretell(predict::ahead_model_in(file));
    require_probabilities(forecast.connects);
    require_probabilities(forecast.present);
  });
}

std::vector<std::string> model_seeds() {
  predict::ModelFile file(predict::ahead_schema);
  predict::AheadModel model;
  for (auto* bands : {&model.connects, &model.present})
    for (auto& weights : *bands) weights.fill(0.125F);
  predict::put_ahead_model(file, model);
  file.metadata = {{"kind", "regression"}};
  return {predict::encode_model(file)};
}

bool run_habit_counts(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const std::string packed(text_of(input));
    const predict::HabitCounts counts = forecast::unpack(packed);
    require(forecast::pack(counts) == packed, "counts that change");
    const auto rates = predict::rates_of(counts, predict::rates_of_all({}), Scene::prior_slots);
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
    const auto rates = predict::rates_of(some_counts(), of_all, Scene::prior_slots);
    for (const auto& known : {of_all, rates}) {
      require_probabilities(known.connects);
      require_probabilities(known.present);
    }
  });
}

std::vector<std::string> all_counts_seeds() { return {forecast::pack_exactly(some_counts())}; }

bool run_habit_sessions(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const auto sessions = forecast::unpack_sessions(input);
    require(forecast::pack_sessions(sessions) == text_of(input), "sessions that change");
    const predict::UserWeek week = scene().look_at(sessions);
    require(week.connects(0, Scene::origin) >= 0, "fewer than no connects");
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

}  // namespace

std::vector<FuzzTarget> forecast_targets() {
  return {{"model", run_model, model_seeds},
          {"habit-counts", run_habit_counts, habit_counts_seeds},
          {"all-counts", run_all_counts, all_counts_seeds},
          {"habit-sessions", run_habit_sessions, habit_sessions_seeds},
          {"forecast", run_forecast, forecast_seeds}};
}

}  // namespace deskloom::test
