#include "operation/mode_forecast.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "history/hours.hpp"
#include "history/names.hpp"
#include "predict/quantiles.hpp"

namespace deskloom::operation {
namespace {

using std::chrono::hours;

constexpr std::chrono::days look_back{90};
constexpr std::size_t least_own = 8, least_all = 24;  // hours that were measured
constexpr std::int64_t hour_s = 3600;
constexpr std::size_t q90 = 8, q95 = 9;

base::Timestamp begin_of(std::int64_t hour) { return base::from_seconds(hour * hour_s); }

// What policy wishes; 0: nothing.
float wish_of(const policy::Mode& mode, std::size_t metric) {
  if (static_cast<domain::Metric>(metric) == domain::Metric::cpu) return static_cast<float>(mode.cpus);
  if (static_cast<domain::Metric>(metric) == domain::Metric::memory)
    return static_cast<float>(mode.memory_bytes);
  return 0;
}

}  // namespace

ModeForecast::ModeForecast(const UsageSource& source, const forecast::HourlyOf& of, base::Timestamp now)
    : source_(source), of_(of) {
  for (const domain::Mode& mode : source.modes)
    if (mode.holds_at(now)) ahead_.push_back(mode);
  if (!ahead_.empty()) measure(now);
}

void ModeForecast::measure(base::Timestamp now) {
  std::set<std::string> wanted;
  for (const domain::Mode& mode : ahead_) wanted.insert(mode.name);
  std::map<std::string, std::vector<domain::Mode>> spent;  // by user
  for (const domain::Mode& mode : source_.modes)
    if (wanted.contains(mode.name) && mode.from <= now) spent[mode.user].push_back(mode);
  const auto names = history::names_by_number(source_.history.db(), history::NameKind::user);
  history::each_hour_of_use(
      source_.history, base::to_seconds(now - look_back), base::to_seconds(now) / hour_s * hour_s,
      [&](const history::HourOfUse& hour) {
        const auto found = spent.find(names.at(hour.user));
        if (found == spent.end()) return;
        const auto begin = base::from_seconds(hour.at), end = begin + hours(1);
        for (const domain::Mode& mode : found->second) {
          if (mode.from > begin || mode.until < end) continue;
          for (std::size_t metric = 0; metric < hour.means.size(); ++metric)
            if (hour.means[metric] >= 0 && std::isfinite(static_cast<float>(hour.means[metric])))
              add(mode.name, mode.user, metric, static_cast<float>(hour.means[metric]));
        }
      });
}

void ModeForecast::add(const std::string& mode, const std::string& user, std::size_t metric, float amount) {
  own_[{mode, user}][metric].push_back(amount);
  all_[mode][metric].push_back(amount);
}

// nullptr: too little was.
const std::vector<float>* ModeForecast::measured(const domain::Mode& mode, std::size_t metric) const {
  const auto own = own_.find({mode.name, mode.user});
  if (own != own_.end() && own->second[metric].size() >= least_own) return &own->second[metric];
  const auto all = all_.find(mode.name);
  return all != all_.end() && all->second[metric].size() >= least_all ? &all->second[metric] : nullptr;
}

void ModeForecast::apply(const domain::Mode& mode, std::size_t metric, forecast::ResourceBand& band) const {
  if (const auto* amounts = measured(mode, metric)) {
    std::vector<float> sample = *amounts;
    const predict::Quantiles quantiles = predict::empirical_quantiles(sample);
    band = {quantiles[predict::median_level], quantiles[q90], quantiles[q95]};
    return;
  }
  const auto described = source_.policy.modes.find(mode.name);
  if (described == source_.policy.modes.end()) return;  // policy has forgotten it
  const float wish = wish_of(described->second, metric);
  band.q90 = std::max(band.q90, wish);
  band.q95 = std::max(band.q95, wish);
}

void ModeForecast::apply(const std::string& user, forecast::ResourceForecast& forecast) const {
  const auto mode = std::ranges::find(ahead_, user, &domain::Mode::user);
  if (mode == ahead_.end()) return;
  for (std::size_t metric = 0; metric < forecast.size(); ++metric) {
    for (std::size_t hour = 0; hour < forecast[metric].size(); ++hour) {
      const auto middle = begin_of(of_.hour + static_cast<std::int64_t>(hour)) + std::chrono::minutes(30);
      if (middle < mode->until) apply(*mode, metric, forecast[metric][hour]);
    }
  }
}

bool have_modes_changed(const UsageSource& source, std::int64_t hour, base::Timestamp now) {
  const auto since = [&](base::Timestamp at) { return begin_of(hour) <= at && at <= now; };
  return std::ranges::any_of(source.modes,
                             [&](const domain::Mode& mode) { return since(mode.from) || since(mode.until); });
}

}  // namespace deskloom::operation
