#include "operation/feedback.hpp"

#include <algorithm>
#include <limits>

#include "forecast/models.hpp"
#include "predict/spread.hpp"

namespace deskloom::operation {
namespace {

constexpr std::int64_t correction_days = 28;
constexpr double most_users = 1000;
constexpr std::int64_t furthest = 2 * predict::slots_per_day;  // that models learn of
constexpr std::int64_t hour_s = 3600;

// From how far a slot shall be looked at, within the band: any distance is as likely.
std::int64_t wished_ahead(const forecast::PendingKey& key) {
  const auto band = static_cast<std::size_t>(key.band);
  const std::int64_t begin = predict::horizon_bands[band];
  const std::int64_t end =
      band + 1 < predict::horizon_bands.size() ? predict::horizon_bands[band + 1] : furthest;
  const auto number =
      static_cast<std::uint64_t>(key.target_s / predict::slot_s) * predict::horizon_bands.size() + band;
  return begin + static_cast<std::int64_t>(predict::spread(number) * static_cast<double>(end - begin));
}

bool is_sampled(std::uint64_t token, std::size_t users) {
  return predict::spread(token) * static_cast<double>(users) < most_users;
}

// Forecasts of a time before their model was made are no forecasts.
bool is_older_than_model(const forecast::Store& store, const forecast::ForecastOf& of) {
  return of.model && of.made_at < forecast::model(store, *of.model).made_at;
}

}  // namespace

std::int64_t day_of(const base::TimeZone& zone, std::int64_t time_s) {
  return std::chrono::floor<std::chrono::days>(zone.local(base::from_seconds(time_s)))
      .time_since_epoch()
      .count();
}

// FNV-1a (RFC 9923).
std::uint64_t feedback_token(const std::string& user) {
  std::uint64_t token = 0xcbf29ce484222325;
  for (const char letter : user) {
    token ^= static_cast<unsigned char>(letter);
    token *= 0x100000001b3;
  }
  return token;
}

std::string feedback_name(const std::optional<std::string>& model) { return model.value_or(""); }

Corrections corrections_of(const forecast::Store& store, const std::string& model, std::int64_t day) {
  Corrections corrections;
  if (model == feedback_name({})) return corrections;
  std::array<std::array<std::vector<predict::LogitBins>, predict::horizon_bands.size()>,
             forecast::question_count>
      days;
  for (const forecast::Feedback& of : forecast::feedback(store, model, day - correction_days, day))
    days[static_cast<std::size_t>(of.question)][static_cast<std::size_t>(of.band)].push_back(of.bins);
  for (std::size_t question = 0; question < corrections.size(); ++question)
    std::ranges::transform(days[question], corrections[question].begin(), predict::learn_correction);
  return corrections;
}

ForecastFeedback::ForecastFeedback(const UsageSource& source, const forecast::Store& store,
                                   const KnownUsers& known, const forecast::ForecastOf& of)
    : known_(known),
      of_(of),
      model_(feedback_name(of.model)),
      corrections_(corrections_of(store, model_, day_of(source.zone, base::to_seconds(of.made_at)))),
      said_(known.users.size()) {
  const auto before = forecast::feedback_of(store);
  if (before) from_s_ = before->until_s;
  if (is_older_than_model(store, of)) from_s_ = std::numeric_limits<std::int64_t>::max();
  choose(store);
}

// From far to near, more is known of a slot: the first forecast from a distance that is near enough is it.
void ForecastFeedback::choose(const forecast::Store& store) {
  const auto waiting = forecast::pending_keys(store);
  for (std::int64_t slot = 0; slot < of_.slots; ++slot) {
    const forecast::PendingKey key{of_.origin_s + slot * predict::slot_s,
                                   static_cast<std::int64_t>(predict::horizon_band_of(slot))};
    if (key.target_s + predict::slot_s > from_s_ && slot <= wished_ahead(key) && !waiting.contains(key))
      wanted_.push_back({key, static_cast<std::size_t>(slot)});
  }
}

void ForecastFeedback::take(std::size_t number, const predict::TimeGrid& grid,
                            const predict::HabitRates& habit, predict::AheadForecast& ahead) {
  const std::uint64_t token = feedback_token(known_.users[number].user);
  if (is_sampled(token, known_.users.size())) {
    for (const Wanted& wanted : wanted_) {
      const auto hour = static_cast<std::size_t>(grid.hour_of_week(grid.slot_of(wanted.key.target_s)));
      const float there = habit.present[hour];
      // As in models' tests: who is away when the slot is decided is not there.
      const float comes = habit.connects[hour] * (wanted.key.band == 0 ? 1 : 1 - there);
      said_[number].push_back(
          {token, {ahead.connects[wanted.slot], ahead.present[wanted.slot]}, {comes, there}});
    }
  }
  for (std::size_t slot = 0; slot < ahead.connects.size(); ++slot) {
    const std::size_t band = predict::horizon_band_of(static_cast<std::int64_t>(slot));
    ahead.connects[slot] = corrections_[0][band].of(ahead.connects[slot]);
    ahead.present[slot] = corrections_[1][band].of(ahead.present[slot]);
  }
}

void ForecastFeedback::keep(forecast::Store& store, const std::vector<forecast::PoolForecast>& pools) const {
  const std::int64_t made_at = base::to_seconds(of_.made_at);
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const auto band = static_cast<std::size_t>(wanted_[i].key.band);
    forecast::Pending pending{
        wanted_[i].key, made_at, model_, {corrections_[0][band], corrections_[1][band]}, {}};
    for (const auto& said : said_)
      if (!said.empty()) pending.users.push_back(said[i]);
    if (!pending.users.empty()) forecast::put_pending(store, pending);
  }
  if (pools.empty()) return;
  const auto waiting = forecast::pending_pool_hours(store);
  const std::int64_t first = pools.front().first_hour;
  const auto hours = static_cast<std::int64_t>(pools.front().arrivals.size());
  for (std::int64_t hour = first; hour < first + hours; ++hour) {
    const double wished = predict::spread(static_cast<std::uint64_t>(hour)) * static_cast<double>(hours);
    const bool is_scored = (hour + 1) * hour_s <= from_s_;
    if (is_scored || static_cast<double>(hour - first) > wished || waiting.contains(hour)) continue;
    forecast::PendingPools pending{hour, made_at, model_, {}};
    for (const forecast::PoolForecast& pool : pools) {
      const auto at = static_cast<std::size_t>(hour - first);
      pending.pools.push_back({pool.pool, pool.arrivals[at], pool.concurrent[at]});
    }
    forecast::put_pending_pools(store, pending);
  }
}

}  // namespace deskloom::operation
