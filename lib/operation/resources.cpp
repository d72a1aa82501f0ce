#include "operation/resources.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "base/parallel.hpp"
#include "history/hours.hpp"
#include "history/names.hpp"
#include "operation/mode_forecast.hpp"
#include "predict/heads/resources.hpp"

namespace deskloom::operation {
namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::chrono::days learnt_from{28 + 14};  // what is tried, and the window before
constexpr std::chrono::days window{14};
// A mixture is the same for all: so many users are enough to learn it from.
constexpr std::size_t most_learnt_from = 1000;
constexpr unsigned most_threads = 8;
constexpr std::size_t median = predict::median_level, q90 = 8, q95 = 9;

std::string name_of(std::size_t metric) { return std::string(domain::metric_names[metric].second); }

}  // namespace

std::vector<MeasuredUser> measured(const UsageSource& source, std::int64_t from, std::int64_t until,
                                   std::size_t most_users) {
  const auto names = history::names_by_number(source.history.db(), history::NameKind::user);
  std::unordered_map<std::int64_t, std::size_t> numbers;
  std::vector<MeasuredUser> users;
  history::each_hour_of_use(source.history, from * hour_s, until * hour_s,
                            [&](const history::HourOfUse& hour) {
                              const auto [found, is_new] = numbers.emplace(hour.user, users.size());
                              if (is_new && users.size() >= most_users) numbers.erase(found);
                              if (is_new && users.size() >= most_users) return;
                              if (is_new) users.push_back({names.at(hour.user), {}});
                              MeasuredUser& user = users[found->second];
                              for (std::size_t metric = 0; metric < hour.means.size(); ++metric) {
                                if (!(hour.means[metric] >= 0)) continue;
                                predict::HourlyAmounts& amounts = user.amounts[metric];
                                amounts.first_hour = from;
                                if (amounts.amounts.empty())
                                  amounts.amounts.assign(static_cast<std::size_t>(until - from),
                                                         std::numeric_limits<float>::quiet_NaN());
                                amounts.amounts[static_cast<std::size_t>(hour.at / hour_s - from)] =
                                    static_cast<float>(hour.means[metric]);
                              }
                            });
  return users;
}

ResourceModels resource_models_in(const predict::ModelFile& file) {
  ResourceModels models;
  for (std::size_t metric = 0; metric < models.size(); ++metric) {
    models[metric] =
        predict::resource_model_in(file, name_of(metric)).value_or(predict::ResourceModel::untrained());
  }
  return models;
}

void learn_resources(const UsageSource& source, base::Timestamp until, predict::ModelFile& file) {
  const std::int64_t last = base::to_seconds(until) / hour_s;
  const auto users = measured(source, base::to_seconds(until - learnt_from) / hour_s, last, most_learnt_from);
  for (std::size_t metric = 0; metric < domain::metric_count; ++metric) {
    std::vector<predict::HourlyAmounts> entities;
    for (const MeasuredUser& user : users)
      if (!user.amounts[metric].amounts.empty()) entities.push_back(user.amounts[metric]);
    if (entities.empty()) continue;
    // Forecasts will be asked for at every hour of the day.
    predict::ResourceLearning learning;
    learning.origin_step_h = 25;
    predict::put_resource_model(file, name_of(metric),
                                predict::learn_resource_model(entities, source.zone, last, learning));
  }
}

void foretell_resources(const UsageSource& source, forecast::Store& store, const ResourceModels& models,
                        const UserHeads& heads, const forecast::HourlyOf& of, base::Timestamp now) {
  const auto before = std::chrono::duration_cast<std::chrono::hours>(window).count();
  const auto users = measured(source, of.hour - before, of.hour, std::numeric_limits<std::size_t>::max());
  std::vector<forecast::ResourceForecast> forecasts(users.size());
  const predict::ResourceOrigin origin(source.zone, of.hour);
  const unsigned threads = std::min(base::usable_cpus(), most_threads);
  base::run_parallel(threads, [&](unsigned thread) {
    std::vector<predict::Quantiles> ahead(static_cast<std::size_t>(of.hours));
    for (std::size_t metric = 0; metric < domain::metric_count; ++metric) {
      predict::ResourceForecaster forecaster(models[metric]);
      for (std::size_t user = thread; user < users.size(); user += threads) {
        if (users[user].amounts[metric].amounts.empty()) continue;
        forecaster.forecast(origin, users[user].amounts[metric], ahead);
        if (const auto head = heads.resources(metric, users[user].name))
          predict::correct_resources(*head, forecaster, ahead);
        for (const predict::Quantiles& hour : ahead)
          forecasts[user][metric].push_back({hour[median], hour[q90], hour[q95]});
      }
    }
  });
  const ModeForecast modes(source, of, now);
  forecast::ResourceWriter writer(store);
  for (std::size_t user = 0; user < users.size(); ++user) {
    modes.apply(users[user].name, forecasts[user]);
    writer.add(users[user].name, forecasts[user]);
  }
  writer.finish(of);
}

}  // namespace deskloom::operation
