#include "predict/cost/shared_pool.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "predict/demand/counts.hpp"
#include "predict/demand/series.hpp"
#include "predict/weekly_walk.hpp"

namespace deskloom::predict {
namespace {

constexpr double slot_minutes = slot_s / 60.0;
constexpr std::size_t week = slots_per_week;
constexpr std::size_t weeks_back = 8;
// Probabilities with which the desktops suffice: from about 2 in 1000 to all but 1 in 10,000 (logits).
constexpr double first_logit = -6, last_logit = 9.2;
constexpr std::size_t levels = 80;
constexpr std::array<double, 16> numbers{0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 50, 80, 120};

std::vector<double> make_levels() {
  std::vector<double> made;
  for (std::size_t i = 0; i < levels; ++i) {
    const double logit = std::lerp(first_logit, last_logit, static_cast<double>(i) / (levels - 1));
    made.push_back(1 / (1 + std::exp(-logit)));
  }
  return made;
}

float known_or_none(const std::vector<float>& values, std::size_t slot) {
  const float value = known_or_nan(values, slot);
  return std::isfinite(value) ? value : 0;
}

// Arrivals in this quarter hour of the last weeks, and in those beside it; ascending.
std::vector<float> in_weeks_before(const std::vector<float>& arrivals, std::size_t slot) {
  std::vector<float> seen;
  for (std::size_t back = 1; back <= weeks_back && back * week < slot; ++back) {
    for (const std::size_t near : {0U, 1U, 2U}) {
      const float arrived = known_or_nan(arrivals, slot - back * week + near - 1);
      if (std::isfinite(arrived)) seen.push_back(arrived);
    }
  }
  std::ranges::sort(seen);
  return seen;
}

double quantile_of(const std::vector<float>& ascending, double level) {
  if (ascending.empty()) return 0;
  const double place = level * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return std::lerp(static_cast<double>(ascending[below]), static_cast<double>(ascending[above]),
                   place - static_cast<double>(below));
}

class Rules {
 public:
  explicit Rules(const SlotArrivals& arrivals) : arrivals_(arrivals) {}

  void add(std::size_t slot) {
    const double arrived = known_or_none(arrivals_.arrivals, slot);
    put(fixed_, arrived, [](double number) { return number; });
    const double week_ago = known_or_none(arrivals_.arrivals, slot - week);
    put(more_than_last_week_, arrived, [&](double number) { return week_ago + number; });
    const auto seen = in_weeks_before(arrivals_.arrivals, slot);
    put(hour_of_week_, arrived, [&](double level) { return quantile_of(seen, level); });
    if (arrivals_.expected.empty()) return;
    const double expected = known_or_none(arrivals_.expected, slot);
    put(habits_, arrived, [&](double level) { return count_quantile(expected, expected, level); });
  }

  std::vector<CostCurve> curves() const {
    std::vector<CostCurve> all{{"always as many", pareto(fixed_.points())},
                               {"last week's and some more", pareto(more_than_last_week_.points())},
                               {"quantile of the hour of the week", pareto(hour_of_week_.points())}};
    if (!arrivals_.expected.empty()) all.push_back({"users' habits added up", pareto(habits_.points())});
    return all;
  }

 private:
  template <typename Ready>
  void put(ReadyCost& cost, double arrived, const Ready& ready_at) {
    ready_.clear();
    for (const double setting : cost.settings()) ready_.push_back(ready_at(setting));
    cost.add(ready_, arrived);
  }

  const SlotArrivals& arrivals_;
  ReadyCost fixed_{{numbers.begin(), numbers.end()}};
  ReadyCost more_than_last_week_{{numbers.begin(), numbers.end()}};
  ReadyCost hour_of_week_{make_levels()};
  ReadyCost habits_{make_levels()};
  std::vector<double> ready_;
};

}  // namespace

ReadyCost::ReadyCost(std::vector<double> settings)
    : settings_(std::move(settings)), idle_(settings_.size()), unmet_(settings_.size()) {}

void ReadyCost::add(std::span<const double> ready, double arrived) {
  for (std::size_t i = 0; i < ready.size(); ++i) {
    idle_[i] += std::max(ready[i] - arrived, 0.0);
    unmet_[i] += std::max(arrived - ready[i], 0.0);
  }
  arrived_ += arrived;
}

std::vector<CostPoint> ReadyCost::points() const {
  std::vector<CostPoint> points;
  for (std::size_t i = 0; i < settings_.size(); ++i)
    points.push_back({settings_[i], unmet_[i] / arrived_, slot_minutes * idle_[i] / arrived_});
  return points;
}

std::vector<CostPoint> ready_cost(std::span<const SlotForecast> forecasts,
                                  const std::vector<float>& arrivals) {
  ReadyCost cost(make_levels());
  std::vector<double> ready;
  for (const SlotForecast& forecast : forecasts) {
    ready.clear();
    for (const double level : cost.settings()) ready.push_back(forecast.quantile(level));
    cost.add(ready, known_or_none(arrivals, forecast.slot));
  }
  return cost.points();
}

std::vector<float> arrivals_by_habit(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                     const ConnectOptions& options) {
  std::vector<float> expected(static_cast<std::size_t>(grid.slots()));
  each_week(grid, users, options, 0, [&](const WalkedWeek& of) {
    for (std::size_t user = 0; user < users.size(); ++user) {
      for (std::int64_t slot = of.first; slot < of.last; ++slot) {
        if (!of.users[user].is_away(slot)) continue;
        const auto hour = static_cast<std::size_t>(grid.hour_of_week(slot));
        expected[static_cast<std::size_t>(slot)] += of.rates[user].connects[hour];
      }
    }
  });
  return expected;
}

std::vector<CostCurve> shared_pool_costs(const TimeGrid& grid, const SlotArrivals& arrivals,
                                         const Folds& folds) {
  if (folds.from() < slots_per_week) {
    throw base::Error(base::ErrorKind::usage, "less than a week is recorded before the test begins",
                      "let the test begin later, or record more");
  }
  Rules rules(arrivals);
  std::vector<SlotForecast> forecasts;
  for (std::size_t fold = 0; fold < folds.count(); ++fold) {
    const auto first = static_cast<std::size_t>(folds.begin(fold));
    const auto last = static_cast<std::size_t>(folds.end(fold));
    const SlotModel model = learn_slots(grid, arrivals, first);
    std::ranges::copy(forecast_slots(model, grid, arrivals, first, last), std::back_inserter(forecasts));
    for (std::size_t slot = first; slot < last; ++slot) rules.add(slot);
  }
  std::vector<CostCurve> curves = rules.curves();
  curves.push_back({"regression", pareto(ready_cost(forecasts, arrivals.arrivals))});
  return curves;
}

}  // namespace deskloom::predict
