#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "forecast/feedback.hpp"
#include "forecast/forecasts.hpp"
#include "forecast/pools.hpp"
#include "operation/habits.hpp"
#include "predict/ahead/model.hpp"
#include "predict/correction.hpp"

// Forecasts are scored when their time has passed, and corrected by what came of it (SPEC D6).
namespace deskloom::operation {

// The day on the users' clock, since 1970.
std::int64_t day_of(const base::TimeZone& zone, std::int64_t time_s);
// Stands for a user in what waits to be scored.
std::uint64_t feedback_token(const std::string& user);
// In policy's words and tables, habits alone are the model "".
std::string feedback_name(const std::optional<std::string>& model);

// Scores what was foretold of the slots that ended a day ago, as far as the record goes: what is recorded a
// day late is in. What is recorded later still makes the days from then on count no more. Nothing that policy
// excludes is scored.
void score_passed(const UsageSource& source, forecast::Store& store, const KnownUsers& known,
                  std::int64_t lead_s, base::Timestamp now);

// For connects and presence, by bands of the horizon.
using Corrections =
    std::array<std::array<predict::Correction, predict::horizon_bands.size()>, forecast::question_count>;
// What the last four weeks before that day say about what the model says. Habits alone stay what they are.
Corrections corrections_of(const forecast::Store& store, const std::string& model, std::int64_t day);

// A forecast on its way to the tables: it is corrected, and some of it is kept to be scored. Of each slot and
// band of the horizon one forecast is kept, of an origin anywhere in the band; of more than 1000 users,
// always the same thousand or so.
class ForecastFeedback {
 public:
  // of: the forecast that is made. What is older than the model is corrected, but not scored.
  ForecastFeedback(const UsageSource& source, const forecast::Store& store, const KnownUsers& known,
                   const forecast::ForecastOf& of);

  // What the model says of the user of that number, to be corrected. Each user once; several threads may.
  void take(std::size_t number, const predict::TimeGrid& grid, const predict::HabitRates& habit,
            predict::AheadForecast& ahead);
  void keep(forecast::Store& store, const std::vector<forecast::PoolForecast>& pools) const;

 private:
  struct Wanted {
    forecast::PendingKey key;
    std::size_t slot = 0;  // of the forecast
  };
  void choose(const forecast::Store& store);

  const KnownUsers& known_;
  forecast::ForecastOf of_;
  std::string model_;
  Corrections corrections_;
  std::int64_t from_s_ = 0;  // what ended by then is not scored once more
  std::vector<Wanted> wanted_;
  std::vector<std::vector<forecast::PendingUser>> said_;  // of users, by what is wanted; empty: not kept
};

}  // namespace deskloom::operation
