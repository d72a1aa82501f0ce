#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "forecast/feedback.hpp"
#include "operation/usage_source.hpp"
#include "predict/ahead/model.hpp"
#include "predict/correction.hpp"
#include "predict/drift.hpp"

// How what is in force has done lately, and whether it should be learnt anew (SPEC D6).
namespace deskloom::operation {

// Of who connects, seen from one band of the horizon. Means over slots; NaN: nothing was scored or promised.
struct BandStanding {
  double slots = 0;
  double log_loss = 0, by_habit = 0, promised = 0, promised_by_habit = 0;
  double calibration_error = 0;
  predict::Correction correction;  // as forecasts get it since
};

struct PoolStanding {
  std::string pool;
  std::int64_t hours = 0;
  // Shares of hours in which the 0.95 quantile held; twice the pinball loss over the mean amount, NaN when
  // nothing came.
  double arrivals_within = 0, concurrent_within = 0, arrivals_loss = 0, concurrent_loss = 0;
};

inline constexpr std::int64_t standing_days = 14;

struct ModelStanding {
  std::optional<std::string> model;      // nullopt: habits alone
  std::optional<base::Timestamp> until;  // what ended by then was scored; nullopt: nothing was
  predict::Standing connects;            // of the last 14 days before that
  std::array<BandStanding, predict::horizon_bands.size()> bands;
  std::vector<PoolStanding> pools;
  std::string verdict;  // in words
};

// now: what is of a later day does not count.
ModelStanding model_standing(const forecast::Store& store, const base::TimeZone& zone,
                             const policy::Policy& policy, base::Timestamp now);

// Keeps what the test of a model promised.
void put_promise(forecast::Store& store, const std::string& model,
                 const std::vector<predict::AheadScores>& scores);

struct TrainingNeed {
  bool is_needed = false;
  std::string why;  // or why not
};

// Training is needed when what is in force has drifted, or when nothing is and enough is recorded; but not
// when a model was trained within a week and did not come into force: another would hardly be better.
TrainingNeed training_need(const UsageSource& source, const forecast::Store& store, base::Timestamp now);

}  // namespace deskloom::operation
