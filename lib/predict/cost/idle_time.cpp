#include "predict/cost/idle_time.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

namespace deskloom::predict {
namespace {

constexpr double minute_s = 60;
constexpr double rounding = 1e-9;
// As the paper has them.
constexpr double least_variation = 2;  // of the bins: their standard deviation over their mean
constexpr double most_beyond = 0.5;    // share of idle times beyond the range
constexpr double bin_margin = 0.1;     // that the histogram's span is widened by
constexpr double expected_margin = 0.15;
// Before these, a histogram or an autoregression is chance.
constexpr std::uint32_t least_seen = 5;
constexpr std::size_t least_regressed = 9, most_regressed = 60;
constexpr double most_regression = 0.9;

constexpr double week_min = 7 * 24 * 60;
constexpr std::array<double, 15> keep_alive_min{
    0, 15, 30, 60, 120, 240, 480, 720, 960, 1440, 2880, 4320, week_min, 4 * week_min, 60 * week_min};
constexpr std::array<double, 3> heads{0, 0.01, 0.05};
constexpr std::array<double, 12> tails{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1};

// What the settings of a rule cost, of one user after the other.
class Costs {
 public:
  Costs(const IdleTimeTest& test, std::size_t settings) : test_(test), unmet_(settings), idle_s_(settings) {}

  void connect_for_the_first_time(std::int64_t at_s) {
    if (!is_tried(at_s)) return;
    ++connects_;
    for (std::int64_t& unmet : unmet_) ++unmet;
  }

  // A session ended, and the next begins at next_s. Visit: ready(setting) is a ReadySpan.
  template <typename Ready>
  void be_away(std::int64_t ended_s, std::int64_t next_s, const Ready& ready) {
    if (next_s < test_.from_s || ended_s >= test_.until_s) return;
    connects_ += is_tried(next_s) ? 1 : 0;
    for (std::size_t setting = 0; setting < unmet_.size(); ++setting) {
      const ReadySpan span = ready(setting);
      const double from_s = static_cast<double>(ended_s) + span.from_s;
      const double until_s = static_cast<double>(ended_s) + span.until_s;
      const auto next = static_cast<double>(next_s);
      if (is_tried(next_s) && (next < from_s || next > until_s)) ++unmet_[setting];
      const double last_s = std::min({until_s, next, static_cast<double>(test_.until_s)});
      const auto first_s = static_cast<double>(test_.from_s);
      idle_s_[setting] += std::max(last_s - std::max(from_s, first_s), 0.0);
      const bool is_made = span.from_s > 0 && from_s >= first_s && from_s < last_s;
      idle_s_[setting] += is_made ? static_cast<double>(test_.lead_s) : 0;
    }
  }

  std::vector<CostPoint> points(std::span<const double> settings) const {
    std::vector<CostPoint> points;
    const auto connects = static_cast<double>(connects_);
    for (std::size_t i = 0; i < settings.size(); ++i)
      points.push_back(
          {settings[i], static_cast<double>(unmet_[i]) / connects, idle_s_[i] / minute_s / connects});
    return points;
  }

 private:
  bool is_tried(std::int64_t at_s) const { return at_s >= test_.from_s && at_s < test_.until_s; }

  IdleTimeTest test_;
  std::vector<std::int64_t> unmet_;
  std::vector<double> idle_s_;
  std::int64_t connects_ = 0;
};

// away(ended_s, next_s): of each session and the one behind it; none: long after all.
template <typename Away>
void each_absence(const UserSessions& user, Costs& costs, const Away& away) {
  constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max() / 2;
  if (!user.sessions.empty()) costs.connect_for_the_first_time(user.sessions.front().begin_s);
  for (std::size_t i = 0; i < user.sessions.size(); ++i)
    away(user.sessions[i].end_s, i + 1 < user.sessions.size() ? user.sessions[i + 1].begin_s : never);
}

}  // namespace

void HybridHistogram::see(std::int64_t idle_s) {
  ++seen_;
  if (logarithms_.size() == most_regressed) logarithms_.erase(logarithms_.begin());
  logarithms_.push_back(std::log(static_cast<double>(std::max<std::int64_t>(idle_s, 1))));
  if (idle_s >= options_.range_s) return;
  const std::int64_t bin = std::max<std::int64_t>(idle_s, 0) / options_.bin_s;
  const auto alike = std::ranges::lower_bound(bins_, bin);
  squares_ += 2.0 * static_cast<double>(std::ranges::upper_bound(bins_, bin) - alike) + 1;
  bins_.insert(alike, bin);
}

ReadySpan HybridHistogram::ready(double head, double tail) const {
  const ReadySpan kept{0, static_cast<double>(options_.range_s)};
  if (seen_ < least_seen) return kept;
  if (seen_ - static_cast<double>(bins_.size()) > most_beyond * seen_) {
    const double expected = expected_s();
    return {(1 - expected_margin) * expected, (1 + expected_margin) * expected};
  }
  if (!is_telling()) return kept;
  const auto bin_s = static_cast<double>(options_.bin_s);
  return {(1 - bin_margin) * bin_s * static_cast<double>(bin_of(head)),
          (1 + bin_margin) * bin_s * static_cast<double>(bin_of(tail) + 1)};
}

// Bins with nothing in them count, too.
bool HybridHistogram::is_telling() const {
  const auto count = static_cast<double>(options_.range_s / options_.bin_s);
  const double mean = static_cast<double>(bins_.size()) / count;
  const double variance = squares_ / count - mean * mean;
  return std::sqrt(std::max(variance, 0.0)) >= least_variation * mean;
}

// By a first-order autoregression (Box, Jenkins, Reinsel: Time Series Analysis, 4th ed., 3.2).
double HybridHistogram::expected_s() const {
  const double mean =
      std::reduce(logarithms_.begin(), logarithms_.end()) / static_cast<double>(logarithms_.size());
  double products = 0, squares = 0;
  for (std::size_t i = 1; i < logarithms_.size(); ++i) {
    products += (logarithms_[i] - mean) * (logarithms_[i - 1] - mean);
    squares += (logarithms_[i - 1] - mean) * (logarithms_[i - 1] - mean);
  }
  const bool is_known = logarithms_.size() >= least_regressed && squares > 0;
  const double regression = is_known ? std::clamp(products / squares, -most_regression, most_regression) : 0;
  return std::exp(mean + regression * (logarithms_.back() - mean));
}

// The bin up to which so large a share of the idle times in range lies.
std::int64_t HybridHistogram::bin_of(double share) const {
  const double number = std::ceil(share * static_cast<double>(bins_.size()) - rounding);
  return bins_[static_cast<std::size_t>(std::max(number, 1.0)) - 1];
}

std::vector<CostPoint> keep_alive_cost(const std::vector<UserSessions>& users, const IdleTimeTest& test) {
  Costs costs(test, keep_alive_min.size());
  for (const UserSessions& user : users) {
    each_absence(user, costs, [&](std::int64_t ended_s, std::int64_t next_s) {
      costs.be_away(ended_s, next_s, [](std::size_t setting) {
        return ReadySpan{0, minute_s * keep_alive_min[setting]};
      });
    });
  }
  return costs.points(keep_alive_min);
}

std::vector<CostPoint> hybrid_cost(const std::vector<UserSessions>& users, const IdleTimeTest& test,
                                   const HybridHistogram::Options& options) {
  std::vector<double> settings;
  for (std::size_t head = 0; head < heads.size(); ++head)
    settings.insert(settings.end(), tails.begin(), tails.end());
  Costs costs(test, settings.size());
  for (const UserSessions& user : users) {
    HybridHistogram histogram(options);
    each_absence(user, costs, [&](std::int64_t ended_s, std::int64_t next_s) {
      costs.be_away(ended_s, next_s, [&](std::size_t setting) {
        return histogram.ready(heads[setting / tails.size()], settings[setting]);
      });
      histogram.see(next_s - ended_s);
    });
  }
  return costs.points(settings);
}

}  // namespace deskloom::predict
