// Forecasts a table of hourly amounts as the referee of forecasts wants it, and tells on standard error what
// it took: forecast_resources [FILE] --origins T0 --count N [--zone ZONE]. FILE, or standard input: CSV with
// columns for the entity and the time (seconds since 1970), then one for each metric.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "predict/resource/model.hpp"

using namespace deskloom;

namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::size_t first_metric = 2;

struct Arguments {
  std::string file;
  std::int64_t origin_s = 0;
  int count = 0;
  std::string zone = "UTC";
};

struct Table {
  std::vector<std::string> metrics;
  std::vector<std::string> entities;
  std::vector<std::vector<predict::HourlyAmounts>> amounts;  // of each metric, of each entity
};

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t begin = 0, end = 0; end != std::string_view::npos; begin = end + 1) {
    end = line.find(',', begin);
    fields.push_back(line.substr(begin, end - begin));
  }
  return fields;
}

template <typename Number>
Number number_of(std::string_view text, Number otherwise) {
  Number number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void put(predict::HourlyAmounts& series, std::int64_t hour, float amount) {
  if (series.amounts.empty()) series.first_hour = hour;
  if (hour < series.first_hour)
    throw base::Error(base::ErrorKind::usage, "an entity's hours are not in order");
  series.amounts.resize(static_cast<std::size_t>(hour - series.first_hour),
                        std::numeric_limits<float>::quiet_NaN());
  series.amounts.push_back(amount);
}

Table read_table(std::istream& input) {
  Table table;
  std::map<std::string, std::size_t, std::less<>> entities;
  std::string line;
  std::getline(input, line);
  for (const std::string_view name : fields_of(line)) table.metrics.emplace_back(name);
  table.metrics.erase(table.metrics.begin(), table.metrics.begin() + first_metric);
  table.amounts.resize(table.metrics.size());
  while (std::getline(input, line)) {
    const auto fields = fields_of(line);
    const auto [entity, is_new] = entities.try_emplace(std::string(fields[0]), entities.size());
    if (is_new) {
      table.entities.push_back(entity->first);
      for (auto& of_metric : table.amounts) of_metric.emplace_back();
    }
    const std::int64_t hour = number_of<std::int64_t>(fields[1], 0) / hour_s;
    for (std::size_t metric = 0; metric < table.metrics.size(); ++metric)
      put(table.amounts[metric][entity->second], hour,
          number_of(fields[first_metric + metric], std::numeric_limits<float>::quiet_NaN()));
  }
  return table;
}

// Of this process's processor time: others may be busy with theirs.
class Stopwatch {
 public:
  double seconds() const { return static_cast<double>(std::clock() - begin_) / CLOCKS_PER_SEC; }

 private:
  std::clock_t begin_ = std::clock();
};

using Day = std::array<predict::Quantiles, predict::hours_per_day>;

void print_day(const std::string& entity, const std::string& metric, std::int64_t origin_s, const Day& day) {
  for (std::size_t ahead = 0; ahead < day.size(); ++ahead) {
    const auto at_s = origin_s + static_cast<std::int64_t>(ahead) * hour_s;
    std::printf("%s,%s,%lld,%lld", entity.c_str(), metric.c_str(), static_cast<long long>(origin_s),
                static_cast<long long>(at_s));
    for (const float quantile : day[ahead]) std::printf(",%.6g", static_cast<double>(quantile));
    std::printf("\n");
  }
}

void print_weights(const predict::QuantileMixture& mixture) {
  for (std::size_t band = 0; band < predict::band_ends_h.size(); ++band) {
    std::fprintf(stderr, "  to %3zu h:", predict::band_ends_h[band]);
    for (std::size_t expert = 0; expert < mixture.experts; ++expert) {
      for (const std::size_t level : {0U, 4U, 7U, 8U, 9U})
        std::fprintf(stderr, " %.2f", static_cast<double>(mixture.weights_of(band, expert)[level]));
      std::fprintf(stderr, " |");
    }
    for (const std::size_t level : {8U, 9U, 10U})
      std::fprintf(stderr, " %+.3f", static_cast<double>(mixture.corrections[band][level]));
    std::fprintf(stderr, "\n");
  }
}

void forecast_metric(const Table& table, std::size_t metric, const Arguments& arguments) {
  const base::TimeZone zone(arguments.zone);
  const auto& all = table.amounts[metric];
  const Stopwatch learning;
  const auto model = predict::learn_resource_model(all, zone, arguments.origin_s / hour_s);
  const double learning_s = learning.seconds();
  predict::ResourceForecaster forecaster(model);
  double forecasting_s = 0;
  std::vector<Day> days(all.size());
  for (int number = 0; number < arguments.count; ++number) {
    const std::int64_t origin_s = arguments.origin_s + number * hour_s * std::int64_t{predict::hours_per_day};
    const Stopwatch forecasting;
    const predict::ResourceOrigin origin(zone, origin_s / hour_s);
    for (std::size_t entity = 0; entity < all.size(); ++entity)
      forecaster.forecast(origin, all[entity], days[entity]);
    forecasting_s += forecasting.seconds();
    for (std::size_t entity = 0; entity < all.size(); ++entity)
      print_day(table.entities[entity], table.metrics[metric], origin_s, days[entity]);
  }
  const double forecasts = static_cast<double>(all.size()) * std::max(arguments.count, 1);
  std::fprintf(stderr, "%s: learnt in %.2f s, %.1f us each entity; forecast in %.1f us each\n",
               table.metrics[metric].c_str(), learning_s, 1e6 * learning_s / static_cast<double>(all.size()),
               1e6 * forecasting_s / forecasts);
  print_weights(model.mixture);
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--origins" && has_value)
      arguments.origin_s = std::atoll(argv[++i]);
    else if (word == "--count" && has_value)
      arguments.count = std::atoi(argv[++i]);
    else if (word == "--zone" && has_value)
      arguments.zone = argv[++i];
    else
      arguments.file = word;
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  if (arguments.origin_s <= 0 || arguments.count <= 0) {
    std::fprintf(stderr, "usage: forecast_resources [FILE] --origins T0 --count N [--zone ZONE]\n");
    return 2;
  }
  try {
    std::ifstream file(arguments.file);
    const Table table = read_table(arguments.file.empty() ? std::cin : file);
    std::printf("vm,metric,origin,ts");
    for (const double level : predict::quantile_levels) std::printf(",q%g", level);
    std::printf("\n");
    for (std::size_t metric = 0; metric < table.metrics.size(); ++metric)
      forecast_metric(table, metric, arguments);
  } catch (const base::Error& e) {
    std::fprintf(stderr, "forecast_resources: %s\n", e.what());
    return 1;
  }
  return 0;
}
