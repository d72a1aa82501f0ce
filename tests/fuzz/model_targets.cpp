#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/sha256.hpp"
#include "fuzz/expect.hpp"
#include "predict/ahead/file.hpp"
#include "predict/application/file.hpp"
#include "predict/demand/file.hpp"
#include "predict/demand/forecast.hpp"
#include "predict/heads/applications.hpp"
#include "predict/heads/network_heads.hpp"
#include "predict/heads/resources.hpp"
#include "predict/length/file.hpp"
#include "predict/network/connect_network.hpp"
#include "predict/place/file.hpp"
#include "predict/resource/file.hpp"
#include "support/small_heads.hpp"
#include "support/small_network.hpp"

namespace deskloom::test {
namespace {

using namespace predict;
using base::ErrorKind;

const base::Timestamp monday{std::chrono::seconds(1'767'567'600)};  // 2026-01-05, in Warsaw

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

template <typename Numbers>
void require_within(const Numbers& numbers, float most) {
  require(std::ranges::all_of(numbers, [most](float number) { return number >= 0 && number <= most; }),
          "a number that may not be");
}

// The checksum would keep a fuzzer out: it is made right before the parser sees it.
std::string mended(Input input) {
  constexpr std::string_view key = "\"sha256\":\"";
  constexpr std::size_t digits = 2 * sizeof(base::Sha256);
  std::string bytes(text_of(input));
  const std::size_t at = bytes.find(key);
  if (at == std::string::npos || bytes.size() - at - key.size() < digits) return bytes;
  bytes.replace(at + key.size(), digits, digits, '0');
  return bytes.replace(at + key.size(), digits, base::hex_of(base::sha256(std::as_bytes(std::span(bytes)))));
}

// use: what reads a model of its kind from the file, and forecasts with it.
template <typename Use>
bool run_file(Input input, const Use& use) {
  return accepts({ErrorKind::corrupt, ErrorKind::usage}, [&] {
    const ModelFile file = decode_model(mended(input), "model");
    const std::string again = encode_model(file);
    require(encode_model(decode_model(again, "model")) == again, "a model that changes");
    use(file);
  });
}

// A user of whom a day ahead is asked, on a Monday at midnight.
class Scene {
 public:
  AheadForecast foretell(const AheadModel& model) const {
    return Outlook(grid_, origin, origin + slots_per_day, turnout_, of_all_, calendars_, &model)
        .of({week_, of_user_, 0});
  }

 private:
  static constexpr std::int64_t origin = 4 * slots_per_week, lead_s = 240;
  static constexpr double prior_slots = 4;

  TimeGrid grid_{base::TimeZone("Europe/Warsaw"), monday, monday + std::chrono::weeks(6)};
  Turnout turnout_{grid_};
  HabitRates of_all_ = rates_of_all({}), of_user_ = rates_of({}, of_all_, prior_slots);
  KnownFuture calendars_{grid_, {}};
  UserWeek week_{grid_,  {{grid_.time_s(origin - 40), grid_.time_s(origin - 8)}},
                 origin, origin + 1,
                 lead_s, slots_per_day};
};

bool run_model(Input input) {
  static const Scene scene;
  return run_file(input, [](const ModelFile& file) {
    const auto forecast = scene.foretell(ahead_model_in(file));
    require_within(forecast.connects, 1);
    require_within(forecast.present, 1);
  });
}

std::vector<std::string> model_seeds() {
  ModelFile file(ahead_schema);
  AheadModel model;
  for (auto* bands : {&model.connects, &model.present})
    for (auto& weights : *bands) weights.fill(0.125F);
  put_ahead_model(file, model);
  file.metadata = {{"kind", "regression"}};
  return {encode_model(file)};
}

// Of an hour in which little is asked for, and one in which more is, for two weeks and the day that follows.
DemandSeries some_demand() {
  DemandSeries series;
  for (std::size_t hour = 0; hour < 15 * hours_per_day; ++hour) {
    series.hours_of_week.push_back(static_cast<std::int16_t>(hour % hours_per_week));
    if (hour < 14 * hours_per_day) series.amounts.push_back(static_cast<float>(hour % 5));
  }
  return series;
}

bool run_pool_model(Input input) {
  static const DemandSeries series = some_demand();
  return run_file(input, [](const ModelFile& file) {
    const DemandModel model = demand_model_in(file, "pool.arrivals").value_or(DemandModel{});
    for (const Quantiles& hour :
         forecast_demand(model, series, DemandKind::arrivals, series.amounts.size(), hours_per_day))
      require_within(hour, 1e12F);
  });
}

std::vector<std::string> pool_model_seeds() {
  ModelFile file(ahead_schema);
  put_demand_model(file, "pool.arrivals", {});
  return {encode_model(file)};
}

bool run_resource_model(Input input) {
  static const ResourceOrigin origin(base::TimeZone("Europe/Warsaw"), past_hours);
  static const HourlyAmounts series{0, std::vector<float>(past_hours, 2.5F)};
  return run_file(input, [](const ModelFile& file) {
    const ResourceModel model = resource_model_in(file, "cpu").value_or(ResourceModel::untrained());
    for (const HourlyAmounts& known : {series, HourlyAmounts{}}) {
      std::vector<Quantiles> ahead(2);
      ResourceForecaster(model).forecast(origin, known, ahead);
      for (const Quantiles& hour : ahead) require_within(hour, 1e37F);
    }
  });
}

std::vector<std::string> resource_model_seeds() {
  ModelFile file(ahead_schema);
  put_resource_model(file, "cpu", ResourceModel::untrained());
  return {encode_model(file)};
}

// Of a user who was at one place by day, and at another by night.
PlaceMemory some_days() {
  PlaceMemory memory(std::vector<std::size_t>{0}, {});
  for (WallHour hour = 0; hour < 2 * week_h; ++hour) memory.see(0, hour, hour % day_h > 8 ? 1 : 2);
  return memory;
}

bool run_place_model(Input input) {
  static const PlaceMemory memory = some_days();
  return run_file(input, [](const ModelFile& file) {
    const PlaceModel model = place_model_in(file).value_or(usual_place_model());
    PlaceOutlook outlook(memory, 0, 2 * week_h - 1);
    for (const WallHour ahead : {1, 3, 24}) {
      const auto forecast = forecast_place(model, outlook, 2 * week_h - 1, 2 * week_h - 1 + ahead);
      require_within(std::array{forecast.elsewhere}, 1);
      for (const auto& [place, share] : forecast.places) require_within(std::array{share}, 1);
    }
  });
}

std::vector<std::string> place_model_seeds() {
  ModelFile file(ahead_schema);
  put_place_model(file, usual_place_model());
  return {encode_model(file)};
}

bool run_length_model(Input input) {
  static const std::vector<EndedSession> past{
      {0, 4, 32, false}, {86'400, 0, 95, true}, {90'000, 900, 0, true}};
  return run_file(input, [](const ModelFile& file) {
    const LengthForecaster forecaster(length_model_in(file).value_or(usual_length_model()));
    require_within(forecaster.forecast({}, past, {180'000, 40, false}), 1024);
  });
}

std::vector<std::string> length_model_seeds() {
  ModelFile file(ahead_schema);
  put_length_model(file, usual_length_model());
  return {encode_model(file)};
}

bool run_application_model(Input input) {
  return run_file(input, [](const ModelFile& file) {
    const ApplicationModel model = application_model_in(file).value_or(usual_application_model());
    UserUse use;
    for (const std::int64_t at : {0, 600, 90'000}) use.see({at, 3, 60}, 9);
    for (const auto& [application, share] : forecast_uses(model.in_session, use, {}, 9))
      require_within(std::array{share}, 1);
  });
}

std::vector<std::string> application_model_seeds() {
  ModelFile file(ahead_schema);
  put_application_model(file, usual_application_model());
  return {encode_model(file)};
}

bool run_network(Input input) {
  return run_file(input, [](const ModelFile& file) {
    const ConnectNetwork network(file);
    const std::vector<Token> sessions(3, Token{1, 0.5F, -0.5F});
    const auto states = network.states(sessions);
    const auto who = network.who("ann", {"clerk", ""});
    std::vector<float> logits(2);
    network.logits(who, std::span(states).last(network.state_width()), 1,
                   std::vector<ConnectInputs>(logits.size(), ConnectInputs{1, -3}), logits);
    require(std::ranges::none_of(logits, [](float logit) { return std::isnan(logit); }), "no logit");
    const NetworkHeads heads(file, network);
    const auto knowledge =
        network.knowledge("ann", {"clerk", ""}, std::span(states).last(network.state_width()));
    if (heads.use) {
      std::array<float, 2> chances{0.2F, 0.9F};
      correct_chances({*heads.use, heads.use->context(knowledge)},
                      std::vector<float>(chances.size() * use_head_inputs, 2), chances);
      require_within(chances, 1);
    }
    if (heads.resources[0]) {
      Quantiles quantiles{1, 2, 3};
      order_quantiles(quantiles, 0);
      const float spread = 2;
      correct_quantiles({*heads.resources[0], heads.resources[0]->context(knowledge)},
                        std::vector<float>(resource_head_inputs, -1), {&spread, 1}, {&quantiles, 1});
      require(std::ranges::is_sorted(quantiles) && quantiles.front() >= 0, "quantiles cross");
    }
  });
}

std::vector<std::string> network_seeds() {
  std::vector<std::string> seeds;
  for (const EncoderKind encoder : {EncoderKind::lstm, EncoderKind::transformer})
    seeds.push_back(encode_model(small_network({encoder, 2, 1, 2, 1, 1, 1, 1, 2, 2})));
  auto with_heads = small_network({EncoderKind::lstm, 2, 1, 2, 1, 1, 1, 1, 2, 2});
  test::put_small_heads(with_heads);
  seeds.push_back(encode_model(with_heads));
  return seeds;
}

}  // namespace

std::vector<FuzzTarget> model_targets() {
  return {{"model", run_model, model_seeds},
          {"pool-model", run_pool_model, pool_model_seeds},
          {"resource-model", run_resource_model, resource_model_seeds},
          {"length-model", run_length_model, length_model_seeds},
          {"place-model", run_place_model, place_model_seeds},
          {"application-model", run_application_model, application_model_seeds},
          {"network", run_network, network_seeds}};
}

}  // namespace deskloom::test
