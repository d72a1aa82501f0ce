#pragma once

#include <vector>

#include "forecast/forecasts.hpp"
#include "operation/habits.hpp"
#include "predict/heads/head.hpp"
#include "predict/length/model.hpp"

namespace deskloom::operation {

// Which role each user has, as a number: groups as predict::each_length takes them. Of whom none is known,
// that counts as one.
std::vector<std::size_t> roles_of(const UsageSource& source, const std::vector<predict::UserSessions>& users);

// How long sessions that are still to come last, from those that had ended by now. For several threads at
// once.
class SessionLengths {
 public:
  // Looks at everybody's sessions, once. grid: begins five weeks before now. Both must outlive it.
  SessionLengths(const UsageSource& source, const predict::LengthModel& model, const predict::TimeGrid& grid,
                 const std::vector<KnownUser>& users, base::Timestamp now);

  // Fills in the length of a user's next session: the one that most probably begins. origin_s: where the
  // forecast's first slot begins. head: nullopt: there is none.
  void foretell(std::size_t number, std::int64_t origin_s, const std::optional<predict::HeadOfUser>& head,
                forecast::UserForecast& forecast) const;

 private:
  void add_sessions();

  predict::LengthForecaster forecaster_;
  const predict::TimeGrid& grid_;
  const std::vector<KnownUser>& users_;
  std::vector<std::size_t> roles_;
  std::int64_t now_s_;
  predict::GroupLengths habits_;
};

}  // namespace deskloom::operation
