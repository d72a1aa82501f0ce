#include "predict/length/evaluation.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "predict/heads/lengths.hpp"
#include "predict/length/learning.hpp"
#include "predict/length/walk.hpp"

namespace deskloom::predict {
namespace {

// Of everybody's median, beside the user's own: who has few is taken for usual.
constexpr std::size_t usual_sessions = 3;
constexpr std::int64_t recent_s = length_memory_days * 86'400;

Quantiles everybodys(const LengthTarget& target) { return target.everybody.at_any_time().quantiles(); }

Quantiles everybodys_then(const LengthTarget& target) {
  return target.everybody.at(target.moment).quantiles();
}

Quantiles last_of_user(const LengthTarget& target) {
  Quantiles last{};
  last.fill(target.past.empty() ? everybodys(target)[median_level] : target.past.back().hours);
  return last;
}

Quantiles recent_of_user(const LengthTarget& target) {
  std::vector<float> hours(usual_sessions, everybodys(target)[median_level]);
  for (const EndedSession& session : target.past)
    if (session.begin_s >= target.moment.begin_s - recent_s) hours.push_back(session.hours);
  return empirical_quantiles(hours);
}

struct Rule {
  const char* name;
  Quantiles (*forecast)(const LengthTarget& target);
};
constexpr std::array<Rule, 4> rules{{{"everybody's", everybodys},
                                     {"everybody's at that time", everybodys_then},
                                     {"user's last", last_of_user},
                                     {"user's recent ones", recent_of_user}}};

class Evaluation {
 public:
  Evaluation(const TimeGrid& grid, const std::vector<UserSessions>& users, const Folds& folds,
             std::int64_t lead_s, std::span<const std::size_t> groups, const HeadAt& head)
      : grid_(grid), users_(users), folds_(folds), lead_s_(lead_s), groups_(groups), head_(head) {}

  std::vector<LengthScores> run() {
    for (std::size_t fold = 0; fold < folds_.count(); ++fold)
      learnt_.emplace_back(learn_lengths(grid_, users_, folds_.begin(fold), lead_s_, groups_));
    each_length(
        grid_, users_, folds_.from(), folds_.until(), lead_s_,
        [&](const LengthTarget& target) { score(target); }, groups_);
    std::vector<LengthScores> all;
    for (std::size_t rule = 0; rule < rules.size(); ++rule)
      all.push_back({rules[rule].name, by_rule_[rule].scores()});
    all.push_back({"sessions alike", by_model_.scores()});
    if (head_) all.push_back({"network", by_network_.scores()});
    return all;
  }

 private:
  void score(const LengthTarget& target) {
    const auto hours = static_cast<double>(target.hours);
    for (std::size_t rule = 0; rule < rules.size(); ++rule)
      by_rule_[rule].add(rules[rule].forecast(target), hours);
    const LengthForecaster& forecaster = learnt_[folds_.fold_of(target.slot)];
    by_model_.add(forecaster.forecast(target.habits, target.past, target.moment), hours);
    if (!head_) return;
    const auto head = head_(users_[target.user].user, target.moment.begin_s - lead_s_);
    by_network_.add(forecast_length(forecaster, target.habits, target.past, target.moment, head), hours);
  }

  const TimeGrid& grid_;
  const std::vector<UserSessions>& users_;
  const Folds& folds_;
  std::int64_t lead_s_;
  std::span<const std::size_t> groups_;
  std::vector<LengthForecaster> learnt_;  // before each fold
  std::array<QuantileScorer, rules.size()> by_rule_;
  const HeadAt& head_;
  QuantileScorer by_model_, by_network_;
};

bool any_begins(const TimeGrid& grid, const std::vector<UserSessions>& users, std::int64_t from,
                std::int64_t until) {
  return std::ranges::any_of(users, [&](const UserSessions& user) {
    const auto first =
        std::ranges::lower_bound(user.sessions, grid.time_s(from), {}, &domain::Session::begin_s);
    return first != user.sessions.end() && first->begin_s < grid.time_s(until);
  });
}

}  // namespace

std::vector<LengthScores> evaluate_lengths(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                           const Folds& folds, std::int64_t lead_s,
                                           std::span<const std::size_t> groups, const HeadAt& head) {
  if (!any_begins(grid, users, 0, folds.from()) || !any_begins(grid, users, folds.from(), folds.until())) {
    throw base::Error(base::ErrorKind::usage, "no session begins before the test, or none in it",
                      "let the test begin within what is recorded");
  }
  return Evaluation(grid, users, folds, lead_s, groups, head).run();
}

}  // namespace deskloom::predict
