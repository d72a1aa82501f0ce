#include "predict/drift.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace deskloom::predict {
namespace {

constexpr double errors_beyond_chance = 2;
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

bool is_promised(const PromisedLoss& promise) {
  return std::isfinite(promise.by_model) && promise.by_habit > 0;
}

DayLoss sum_of(std::span<const DayLoss> days) {
  DayLoss sum{};
  for (const DayLoss& day : days) {
    for (std::size_t band = 0; band < day.size(); ++band) {
      sum[band].slots += day[band].slots;
      sum[band].came_true += day[band].came_true;
      sum[band].by_model += day[band].by_model;
      sum[band].by_habit += day[band].by_habit;
    }
  }
  return sum;
}

struct Losses {
  double by_model = 0, by_habit = 0;
};

// Losses of days, and what was promised of the same bands.
class Comparison {
 public:
  Comparison(std::span<const DayLoss> days, const Promise& promise) : days_(days), all_(sum_of(days)) {
    const bool has_promise = std::ranges::any_of(promise, is_promised);
    for (std::size_t band = 0; band < counts_.size(); ++band) {
      counts_[band] = all_[band].slots > 0 && (!has_promise || is_promised(promise[band]));
      if (!counts_[band]) continue;
      ++bands_;
      promised_.by_model += has_promise ? promise[band].by_model : unknown;
      promised_.by_habit += has_promise ? promise[band].by_habit : unknown;
    }
    lost_ = share_of(all_);
  }

  Standing standing(double tolerance) const {
    Standing standing;
    for (const DayLoss& day : days_) {
      if (std::ranges::any_of(day, [](const BandLoss& band) { return band.slots > 0; })) ++standing.days;
    }
    for (std::size_t band = 0; band < counts_.size(); ++band)
      if (counts_[band]) standing.came_true = std::max(standing.came_true, all_[band].came_true);
    standing.by_model = mean(lost_.by_model);
    standing.by_habit = mean(lost_.by_habit);
    standing.promised_by_model = mean(promised_.by_model);
    standing.promised_by_habit = mean(promised_.by_habit);
    standing.excess = lost_ratio() / promised_ratio() - 1;
    standing.excess_error = error(static_cast<double>(standing.days));
    standing.is_known = standing.days >= least_standing_days && standing.came_true >= least_standing_true &&
                        std::isfinite(standing.excess) && std::isfinite(standing.excess_error);
    standing.has_drifted = standing.is_known && standing.excess > tolerance &&
                           standing.excess > errors_beyond_chance * standing.excess_error;
    return standing;
  }

 private:
  // What a day adds to the means over slots, summed over the bands that count.
  Losses share_of(const DayLoss& day) const {
    Losses losses;
    for (std::size_t band = 0; band < day.size(); ++band) {
      if (!counts_[band]) continue;
      losses.by_model += day[band].by_model / all_[band].slots;
      losses.by_habit += day[band].by_habit / all_[band].slots;
    }
    return losses;
  }

  double mean(double sum) const { return bands_ > 0 ? sum / bands_ : unknown; }
  double lost_ratio() const { return lost_.by_habit > 0 ? lost_.by_model / lost_.by_habit : unknown; }
  double promised_ratio() const {
    return promised_.by_model > 0 ? promised_.by_model / promised_.by_habit : unknown;
  }

  double error(double days) const {
    if (days < 2) return unknown;
    double squares = 0;
    for (const DayLoss& day : days_) {
      const Losses of_day = share_of(day);
      squares += std::pow(of_day.by_model - lost_ratio() * of_day.by_habit, 2);
    }
    return std::sqrt(squares * days / (days - 1)) / lost_.by_habit / promised_ratio();
  }

  std::span<const DayLoss> days_;
  DayLoss all_;
  std::array<bool, horizon_bands.size()> counts_{};
  double bands_ = 0;
  Losses lost_, promised_;
};

}  // namespace

Standing standing_of(std::span<const DayLoss> days, const Promise& promise, double tolerance) {
  return Comparison(days, promise).standing(tolerance);
}

}  // namespace deskloom::predict
