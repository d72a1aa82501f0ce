#include "operation/standing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "forecast/models.hpp"
#include "history/sessions.hpp"
#include "operation/feedback.hpp"
#include "operation/learn.hpp"

namespace deskloom::operation {
namespace {

using std::chrono::days;

constexpr days training_rests{7};

std::vector<predict::DayLoss> losses_of(const std::vector<forecast::Feedback>& feedback) {
  std::map<std::int64_t, predict::DayLoss> losses;
  for (const forecast::Feedback& of : feedback) {
    if (of.question != forecast::Question::connects) continue;
    predict::BandLoss& loss = losses[of.day][static_cast<std::size_t>(of.band)];
    loss.by_model = of.log_loss;
    loss.by_habit = of.habit_log_loss;
    for (const predict::LogitBin& bin : of.bins) {
      loss.slots += static_cast<double>(bin.count);
      loss.came_true += static_cast<double>(bin.came_true);
    }
  }
  std::vector<predict::DayLoss> all;
  for (const auto& [day, loss] : losses) all.push_back(loss);
  return all;
}

std::array<BandStanding, predict::horizon_bands.size()> bands_of(
    const std::vector<forecast::Feedback>& feedback, const predict::Promise& promise,
    const Corrections& corrections) {
  std::array<BandStanding, predict::horizon_bands.size()> bands;
  std::array<predict::LogitBins, predict::horizon_bands.size()> bins{};
  for (const forecast::Feedback& of : feedback) {
    if (of.question != forecast::Question::connects) continue;
    const auto band = static_cast<std::size_t>(of.band);
    bands[band].log_loss += of.log_loss;
    bands[band].by_habit += of.habit_log_loss;
    predict::add_to_bins(bins[band], of.bins);
  }
  for (std::size_t band = 0; band < bands.size(); ++band) {
    BandStanding& of = bands[band];
    for (const predict::LogitBin& bin : bins[band]) of.slots += static_cast<double>(bin.count);
    of.log_loss /= of.slots;  // NaN when there are none
    of.by_habit /= of.slots;
    of.promised = promise[band].by_model;
    of.promised_by_habit = promise[band].by_habit;
    of.calibration_error = predict::calibration_error(bins[band]);
    of.correction = corrections[0][band];
  }
  return bands;
}

std::vector<PoolStanding> pools_of(const std::vector<forecast::PoolFeedback>& feedback) {
  std::map<std::string, forecast::PoolFeedback> sums;
  for (const forecast::PoolFeedback& of : feedback) {
    forecast::PoolFeedback& sum = sums[of.pool];
    sum.hours += of.hours;
    sum.arrivals_within += of.arrivals_within;
    sum.concurrent_within += of.concurrent_within;
    sum.arrivals += of.arrivals;
    sum.concurrent += of.concurrent;
    sum.arrivals_loss += of.arrivals_loss;
    sum.concurrent_loss += of.concurrent_loss;
  }
  std::vector<PoolStanding> pools;
  for (const auto& [pool, sum] : sums) {
    const auto share = [&](std::int64_t hours) {
      return static_cast<double>(hours) / static_cast<double>(sum.hours);
    };
    pools.push_back({pool, sum.hours, share(sum.arrivals_within), share(sum.concurrent_within),
                     2 * sum.arrivals_loss / sum.arrivals, 2 * sum.concurrent_loss / sum.concurrent});
  }
  return pools;
}

std::string verdict_of(const ModelStanding& standing, int drift_percent) {
  const predict::Standing& of = standing.connects;
  if (of.days == 0) return "nothing is scored yet: forecasts are, a day after their time";
  if (!standing.model) return "habits alone are in force, of which nothing was promised";
  if (!std::isfinite(of.promised_by_model)) return "nothing was promised of it";
  if (!of.is_known) {
    return fmt::format("too early to say: {} days and {:.0f} connects are scored, {} and {:.0f} are needed",
                       of.days, of.came_true, predict::least_standing_days, predict::least_standing_true);
  }
  const std::string loss = fmt::format(
      "against habits alone it loses {:.1f} % {} than its test promised (give or take {:.1f}; {} are "
      "allowed)",
      std::abs(of.excess) * 100, of.excess < 0 ? "less" : "more", 2 * of.excess_error * 100, drift_percent);
  if (of.has_drifted) return "it has drifted: " + loss;
  return (of.excess * 100 > drift_percent ? "this may be chance: " : "as promised: ") + loss;
}

TrainingNeed first_training_need(const UsageSource& source, base::Timestamp now) {
  const auto first = history::first_connection(source.history);
  const auto last = history::last_connection(source.history, base::to_seconds(now));
  if (!first || !last) return {false, "no model is in force, but no sessions are recorded to learn from"};
  const auto recorded = std::chrono::floor<days>(std::chrono::seconds(*last - *first));
  const days needed = least_recorded();
  if (recorded < needed) {
    return {false, fmt::format("no model is in force, but use is recorded of {} days only: {} are needed to "
                               "learn from; until then, forecasts are made of habits alone",
                               recorded.count(), needed.count())};
  }
  return {true, fmt::format("no model is in force, and use is recorded of {} days", recorded.count())};
}

}  // namespace

ModelStanding model_standing(const forecast::Store& store, const base::TimeZone& zone,
                             const policy::Policy& policy, base::Timestamp now) {
  ModelStanding standing;
  if (const auto in_force = forecast::model_in_force(store)) standing.model = in_force->name;
  const std::string name = feedback_name(standing.model);
  const predict::Promise promise = forecast::promise_of(store, name);
  const auto of = forecast::feedback_of(store);
  const std::int64_t until_s = of ? std::min(of->until_s, base::to_seconds(now)) : 0;
  const std::int64_t last = day_of(zone, until_s);
  const auto feedback = forecast::feedback(store, name, last - standing_days + 1, last + 1);
  if (!feedback.empty()) standing.until = base::from_seconds(until_s);
  standing.connects =
      predict::standing_of(losses_of(feedback), promise, policy.forecast.drift_percent / 100.0);
  standing.bands = bands_of(feedback, promise, corrections_of(store, name, last + 1));
  standing.pools = pools_of(forecast::pool_feedback(store, name, last - standing_days + 1, last + 1));
  standing.verdict = verdict_of(standing, policy.forecast.drift_percent);
  return standing;
}

void put_promise(forecast::Store& store, const std::string& model,
                 const std::vector<predict::AheadScores>& scores) {
  predict::Promise promise{};
  for (std::size_t band = 0; band < promise.size(); ++band)
    promise[band] = {scores[band].by_model.log_loss, scores[band].by_habit.log_loss};
  forecast::put_promise(store, model, promise);
}

TrainingNeed training_need(const UsageSource& source, const forecast::Store& store, base::Timestamp now) {
  const auto in_force = forecast::model_in_force(store);
  for (const forecast::Model& model : forecast::models(store)) {
    if ((in_force && model.name == in_force->name) || model.made_at > now ||
        model.made_at < now - training_rests)
      continue;
    return {false, fmt::format("{} was trained within the last {} days and is not in force: "
                               "'deskloom predict promote {}' says why",
                               model.name, training_rests.count(), model.name)};
  }
  if (!in_force) return first_training_need(source, now);
  const ModelStanding standing = model_standing(store, source.zone, source.policy, now);
  return {standing.connects.has_drifted, in_force->name + ": " + standing.verdict};
}

}  // namespace deskloom::operation
