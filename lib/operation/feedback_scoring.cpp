#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>

#include "history/sessions.hpp"
#include "operation/feedback.hpp"
#include "predict/quantiles.hpp"

namespace deskloom::operation {
namespace {

using std::chrono::days;

constexpr std::int64_t hour_s = 3600;
constexpr days recorded_after{1};  // what is recorded by then is taken for all that there is
constexpr days longest_wait{7};    // for the record to go on
constexpr std::int64_t kept_days = 90;
constexpr double margin = 1e-6;  // as predict::score has it
constexpr std::size_t q95 = 9;

// What a user did in a slot.
struct Outcome {
  bool was_away = false;  // from when it was decided
  bool connects = false, present = false;
};

Outcome outcome_of(const std::vector<domain::Session>& sessions, std::int64_t begin_s, std::int64_t lead_s) {
  const std::int64_t end_s = begin_s + predict::slot_s;
  const auto next = std::ranges::lower_bound(sessions, begin_s, {}, &domain::Session::begin_s);
  Outcome outcome;
  outcome.connects = next != sessions.end() && next->begin_s < end_s;
  outcome.was_away = next == sessions.begin() || std::prev(next)->end_s <= begin_s - lead_s;
  outcome.present = outcome.connects || (next != sessions.begin() && std::prev(next)->end_s > begin_s);
  return outcome;
}

double log_loss(double probability, bool came_true) {
  const double p = std::clamp(probability, margin, 1 - margin);
  return -std::log(came_true ? p : 1 - p);
}

double logit(double probability) {
  const double p = std::clamp(probability, margin, 1 - margin);
  return std::log(p / (1 - p));
}

void add(forecast::Feedback& sum, double said, double given_out, double by_habit, bool came_true) {
  const double error = given_out - (came_true ? 1 : 0);
  sum.log_loss += log_loss(given_out, came_true);
  sum.brier += error * error;
  sum.habit_log_loss += log_loss(by_habit, came_true);
  predict::add_to_bins(sum.bins, logit(said), given_out, came_true);
}

double mean_pinball_loss(const predict::Quantiles& quantiles, double actual) {
  double loss = 0;
  for (std::size_t level = 0; level < quantiles.size(); ++level)
    loss += predict::pinball_loss(predict::quantile_levels[level], quantiles[level], actual);
  return loss / static_cast<double>(quantiles.size());
}

class PastScoring {
 public:
  PastScoring(const UsageSource& source, const KnownUsers& known, std::int64_t lead_s, std::int64_t from_s,
              std::int64_t until_s)
      : source_(source),
        known_(known),
        lead_s_(lead_s),
        grid_(grid_of(source, base::from_seconds(from_s), base::from_seconds(until_s))) {
    for (const KnownUser& user : known.users) users_.emplace(feedback_token(user.user), &user);
  }

  // Of one slot, from one distance.
  void score(const forecast::Pending& pending) {
    if (grid_.is_excluded(grid_.slot_of(pending.key.target_s))) return;
    const std::array sums{&sum_of(pending, forecast::Question::connects),
                          &sum_of(pending, forecast::Question::present)};
    for (const forecast::PendingUser& user : pending.users) {
      const auto found = users_.find(user.token);
      if (found == users_.end()) continue;
      const Outcome outcome = outcome_of(found->second->sessions, pending.key.target_s, lead_s_);
      const std::array<bool, forecast::question_count> came_true{outcome.connects, outcome.present};
      for (std::size_t question = 0; question < sums.size(); ++question) {
        // Who is in session when the slot itself is decided needs no other desktop: as models learn it.
        const bool is_of_connects = sums[question]->question == forecast::Question::connects;
        if (is_of_connects && pending.key.band == 0 && !outcome.was_away) continue;
        const float said = user.by_model[question];
        add(*sums[question], said, pending.corrections[question].of(said), user.by_habit[question],
            came_true[question]);
      }
    }
  }

  void write(forecast::Store& store) const {
    for (const auto& [key, sum] : sums_) forecast::add_feedback(store, sum);
  }

  void score(const forecast::PendingPools& pending, forecast::Store& store) const {
    if (is_excluded_hour(pending.hour)) return;
    for (const forecast::PendingPool& pool : pending.pools) {
      const auto found = std::ranges::find(known_.pools, pool.pool, &forecast::PoolHours::pool);
      if (found == known_.pools.end()) continue;
      const std::int64_t at = pending.hour - found->first_hour;
      if (at < 0 || at >= static_cast<std::int64_t>(found->arrivals.size())) continue;
      const double arrivals = found->arrivals[static_cast<std::size_t>(at)];
      const double concurrent = found->concurrent[static_cast<std::size_t>(at)];
      forecast::add_pool_feedback(
          store,
          {pending.model, day_of(source_.zone, pending.hour * hour_s), pool.pool, 1,
           arrivals <= static_cast<double>(pool.arrivals[q95]) ? 1 : 0,
           concurrent <= static_cast<double>(pool.concurrent[q95]) ? 1 : 0, arrivals, concurrent,
           mean_pinball_loss(pool.arrivals, arrivals), mean_pinball_loss(pool.concurrent, concurrent)});
    }
  }

 private:
  using SumKey = std::tuple<std::string, std::int64_t, forecast::Question, std::int64_t>;

  forecast::Feedback& sum_of(const forecast::Pending& pending, forecast::Question question) {
    const std::int64_t day = day_of(source_.zone, pending.key.target_s);
    const auto [found, is_new] = sums_.try_emplace({pending.model, day, question, pending.key.band});
    if (is_new) {
      found->second.model = pending.model;
      found->second.day = day;
      found->second.question = question;
      found->second.band = pending.key.band;
    }
    return found->second;
  }

  bool is_excluded_hour(std::int64_t hour) const {
    for (std::int64_t s = hour * hour_s; s < (hour + 1) * hour_s; s += predict::slot_s) {
      const std::int64_t slot = grid_.slot_of(s);
      if (slot >= 0 && slot < grid_.slots() && grid_.is_excluded(slot)) return true;
    }
    return false;
  }

  const UsageSource& source_;
  const KnownUsers& known_;
  std::int64_t lead_s_;
  predict::TimeGrid grid_;
  std::unordered_map<std::uint64_t, const KnownUser*> users_;
  std::map<SumKey, forecast::Feedback> sums_;
};

// What ended by then is scored. A record that nobody continues says nothing of what came after it.
std::int64_t recorded_until(const UsageSource& source, base::Timestamp now) {
  const std::int64_t by_now_s = base::to_seconds(now - recorded_after);
  return std::min(by_now_s,
                  history::last_connection(source.history, base::to_seconds(now)).value_or(by_now_s));
}

void score_until(const UsageSource& source, forecast::Store& store, const KnownUsers& known,
                 std::int64_t lead_s, std::int64_t until_s) {
  const auto slots = forecast::pending_ended_by(store, until_s);
  const auto hours = forecast::pending_pools_ended_by(store, until_s);
  std::int64_t from_s = until_s;
  if (!slots.empty()) from_s = slots.front().target_s;
  if (!hours.empty()) from_s = std::min(from_s, hours.front().hour * hour_s);
  if (from_s == until_s) return;
  PastScoring scoring(source, known, lead_s, from_s, until_s);
  for (const forecast::PendingKey& slot : slots) scoring.score(forecast::pending(store, slot));
  for (const forecast::PendingPools& hour : hours) scoring.score(hour, store);
  scoring.write(store);
}

}  // namespace

void score_passed(const UsageSource& source, forecast::Store& store, const KnownUsers& known,
                  std::int64_t lead_s, base::Timestamp now) {
  const std::int64_t until_s = recorded_until(source, now);
  const base::TimeZone& zone = source.zone;
  base::Transaction transaction(store.db());
  const auto before = forecast::feedback_of(store);
  const auto late = source.history.late_import_after(before ? before->late : 0);
  std::optional<std::int64_t> spoilt_from;
  if (before && late.first) spoilt_from = day_of(zone, *late.first);
  forecast::drop_feedback(store, day_of(zone, until_s) - kept_days, spoilt_from);
  score_until(source, store, known, lead_s, until_s);
  forecast::drop_pending(store, std::max(until_s, base::to_seconds(now - longest_wait)),
                         base::to_seconds(now));
  forecast::put_feedback_of(store, {std::max(before ? before->until_s : until_s, until_s), late.number});
  transaction.commit();
}

}  // namespace deskloom::operation
