#include "plan/pool_sizing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "plan/shadow_choice.hpp"
#include "plan/survival.hpp"

namespace deskloom::plan {
namespace {

constexpr double step_min = std::chrono::minutes(step_length).count();

std::string clock_time(base::Timestamp t) { return base::to_rfc3339(t).substr(11, 5) + " UTC"; }

double minutes(std::chrono::seconds length) { return static_cast<double>(length.count()) / 60; }

}  // namespace

PoolSizing::PoolSizing(const PoolOutlook& outlook, const PoolSituation& situation)
    : outlook_(outlook),
      situation_(situation),
      lead_(std::max<std::chrono::seconds>(
          step_length, std::chrono::seconds(std::llround(std::ceil(outlook.times.provision_p90_s))))),
      window_(lead_ + step_length) {
  for (std::size_t step = 0; step < step_count(); ++step) {
    demands_.push_back(demand_at(step));
    if (step == 0) started_ = demands_[0].shadows;
    size(step);
  }
  order_early();
  for (std::size_t step = 0; step < steps_.size(); ++step) expect(step);
}

// Steps whose windows are foretold to their end; at least now.
std::size_t PoolSizing::step_count() const {
  const std::size_t asked = outlook_.idle_per_min.size();
  const auto until = foretold_until(outlook_.arrivals);
  if (!until) return asked;
  const auto foretold = (*until - outlook_.now - window_) / step_length + 1;
  return std::min(static_cast<std::size_t>(std::max<std::int64_t>(foretold, 1)), asked);
}

double PoolSizing::minutes_of(std::size_t step) const {
  return std::chrono::duration<double, std::ratio<60>>(step_begin(outlook_.now, step + 1) -
                                                       step_begin(outlook_.now, step))
      .count();
}

TimeSpan PoolSizing::window_at(std::size_t step) const {
  const base::Timestamp from = step_begin(outlook_.now, step);
  return {from, from + window_};
}

std::vector<double> PoolSizing::chances_at(std::size_t step) const {
  std::vector<double> chances;
  for (const ForetoldUser& user : outlook_.arrivals.users)
    chances.push_back(chance_to_come(outlook_.arrivals, user, window_at(step)));
  return chances;
}

// Beside shadows. Who was there within the grace time before has an instance still; what is now does not say
// how it will be once those that are in use were reclaimed.
int PoolSizing::in_use_at(std::size_t step) const {
  const int now = situation_.in_use - situation_.shadows;
  if (step == 0) return now;
  const base::Timestamp from = window_at(step).from;
  const auto has_ended = [&](base::Timestamp end) { return end <= from; };
  const int left = std::max(0, now - static_cast<int>(std::ranges::count_if(outlook_.graces_end, has_ended)));
  if (step >= outlook_.in_use.size()) return left;
  const auto held_steps = static_cast<std::size_t>(outlook_.grace / step_length);
  int foretold = 0;
  for (std::size_t before = step - std::min(step, held_steps); before <= step; ++before)
    foretold = std::max(foretold, outlook_.in_use[before].median);
  return from < held_until(outlook_) ? std::max(left, foretold) : foretold;
}

PoolSizing::Held PoolSizing::held_at(std::size_t step) const {
  const auto& users = outlook_.arrivals.users;
  const base::Timestamp from = window_at(step).from;
  Held held{std::vector<bool>(users.size()), in_use_at(step), 0};
  for (std::size_t user = 0; user < users.size(); ++user)
    held.users[user] = users[user].held_until && from < *users[user].held_until;
  if (from >= held_until(outlook_)) return held;
  for (const std::size_t user : started_) held.users[user] = true;
  held.shadows = situation_.shadows + static_cast<int>(started_.size());
  held.instances += held.shadows;
  return held;
}

// What is scheduled for the window is ready as it begins.
int PoolSizing::scheduled_at(std::size_t step) const {
  int ghosts = 0;
  for (std::size_t later = step;
       later < outlook_.scheduled.size() && step_begin(outlook_.now, later) < window_at(step).until; ++later)
    ghosts = std::max(ghosts, outlook_.scheduled[later]);
  return ghosts;
}

int PoolSizing::room_for_shadows(std::size_t step, const Held& held) const {
  const int ghosts = std::max(situation_.limits.floor, scheduled_at(step));
  const int below_max = situation_.limits.max - held.instances - situation_.reclaiming - ghosts;
  return std::min(below_max, outlook_.max_shadows - held.shadows);
}

PoolSizing::Demand PoolSizing::demand_at(std::size_t step) const {
  const auto chances = chances_at(step);
  Held held = held_at(step);
  Demand demand;
  demand.shadows =
      users_worth_a_shadow(outlook_, chances, held.users, outlook_.idle_per_min[step] * minutes(window_),
                           room_for_shadows(step, held));
  for (const std::size_t user : demand.shadows) {
    held.users[user] = true;
    demand.idle_shadows += 1 - chances[user];
  }
  demand.count = arrivals_in(outlook_.arrivals, window_at(step), chances, held.users);
  const int used = held.instances + static_cast<int>(demand.shadows.size());
  demand.least = least_target(situation_.limits, scheduled_at(step), used);
  // What there is now is counted when actions are planned.
  const int max = situation_.limits.max;
  demand.most = step == 0 ? max : std::max(max - used, std::min(situation_.limits.floor, max));
  return demand;
}

double PoolSizing::critical_ratio(std::size_t step) const {
  const double too_few = outlook_.wait_per_min * outlook_.times.provision_s / 60;
  const double too_many = outlook_.idle_per_min[step] * step_min;
  return too_few > 0 ? too_few / (too_few + too_many) : 0;
}

double PoolSizing::level(std::size_t step) const {
  return std::max(critical_ratio(step), outlook_.served_percent / 100.0);
}

void PoolSizing::size(std::size_t step) {
  const Demand& demand = demands_[step];
  const int suffices = demand.count.quantile(level(step));
  PoolStep sized;
  sized.begin = window_at(step).from;
  sized.ghosts = std::max(suffices, demand.least.ghosts);
  sized.reason = demand.least.reason;
  if (suffices > demand.least.ghosts) {
    sized.reason = fmt::format(
        "{:.1f} arrivals expected until {}: {} suffice with probability {:.3f}, {:.3f} wanted "
        "by {}",
        demand.count.mean(), clock_time(window_at(step).until), suffices, demand.count.at_most(suffices),
        level(step), critical_ratio(step) < level(step) ? "served_percent" : "costs");
  }
  if (sized.ghosts > demand.most) {
    sized.reason += fmt::format("; max {} leaves {} beside those in use", situation_.limits.max, demand.most);
    sized.ghosts = demand.most;
  }
  for (const std::size_t user : demand.shadows) {
    const ForetoldUser& whose = outlook_.arrivals.users[user];
    const double chance = chance_to_come(outlook_.arrivals, whose, window_at(step));
    sized.shadows.push_back({whose.user, chance, why_shadow(step, chance)});
  }
  steps_.push_back(std::move(sized));
}

// What a step has beyond what can be made in the one before must be there before; and what is used up in the
// one before is made anew beside it.
void PoolSizing::order_early() {
  const double p90_min = std::max(outlook_.times.provision_p90_s, 1.0) / 60;
  std::size_t peak = steps_.size();
  for (std::size_t step = steps_.size() - 1; step-- > 0;) {
    const double made = outlook_.parallel * minutes_of(step) / p90_min;
    const double used = demands_[step].count.mean() * minutes_of(step) / minutes(window_);
    const double carried = steps_[step + 1].ghosts + used - made;
    const int early = std::min(static_cast<int>(std::ceil(carried - 1e-9)), demands_[step].most);
    if (early <= steps_[step].ghosts) {
      peak = steps_.size();
      continue;
    }
    if (peak == steps_.size()) peak = step + 1;
    steps_[step].ghosts = early;
    steps_[step].reason =
        fmt::format("{} are wanted at {}, and only {:.1f} can be made in {:.0f} minutes", steps_[peak].ghosts,
                    clock_time(steps_[peak].begin), made, minutes_of(step));
  }
}

void PoolSizing::expect(std::size_t step) {
  PoolStep& sized = steps_[step];
  const Demand& demand = demands_[step];
  const double share = minutes_of(step) / minutes(window_);
  const double unserved = demand.count.expected_above(sized.ghosts);
  const double served = demand.count.mean() - unserved;
  sized.arrivals = demand.count.mean() * share;
  sized.waiting = unserved * share;
  sized.wait_min = sized.waiting * outlook_.times.provision_s / 60;
  // Those that are taken stand there for half of the step.
  sized.idle_min =
      (sized.ghosts - served * share / 2 - served * (1 - share) + demand.idle_shadows) * minutes_of(step);
  sized.cost = sized.wait_min * outlook_.wait_per_min + sized.idle_min * outlook_.idle_per_min[step];
}

std::string PoolSizing::why_shadow(std::size_t step, double chance) const {
  return fmt::format("comes until {} with probability {:.2f}, and would wait {:.1f} minutes less",
                     clock_time(window_at(step).until), chance, minutes_saved(outlook_.times));
}

// Whose shadow is taken away needs a ghost: shadows are counted with the ghosts that must be left. Ghosts go
// oldest first, so that the youngest are counted first.
int PoolSizing::to_survive(int ghosts) const {
  const double hours = minutes(window_) / 60;
  const double of_new = risk_within(outlook_.new_evictions_per_hour, hours);
  std::vector<double> risks(started_.size(), of_new);
  for (const double risk : outlook_.shadow_evictions_per_hour) risks.push_back(risk_within(risk, hours));
  const int shadows = static_cast<int>(risks.size());
  for (auto name = situation_.warm.rbegin(); name != situation_.warm.rend(); ++name) {
    const auto found = outlook_.evictions_per_hour.find(*name);
    risks.push_back(found == outlook_.evictions_per_hour.end() ? 0 : risk_within(found->second, hours));
  }
  return ghosts_to_survive(ghosts + shadows, level(0), risks, of_new, situation_.limits.max + shadows) -
         shadows;
}

PoolTarget PoolSizing::target() const {
  // What is wanted again by the time that it could be made anew, and one step more, stays; an hour at least.
  const auto kept = std::max<std::chrono::seconds>(lead_ + step_length, std::chrono::hours(1));
  const auto kept_for = static_cast<std::size_t>((kept - std::chrono::seconds(1)) / step_length) + 2;
  int soon = 0;
  for (std::size_t step = 0; step < std::min(kept_for, steps_.size()); ++step)
    soon = std::max(soon, steps_[step].ghosts);
  PoolTarget target{to_survive(steps_[0].ghosts), 0, steps_[0].reason, steps_[0].shadows};
  target.keep = to_survive(soon) + static_cast<int>(outlook_.evictions_per_hour.size());
  if (target.ghosts > steps_[0].ghosts)
    target.reason +=
        fmt::format("; {} more, because hosts may take some back", target.ghosts - steps_[0].ghosts);
  return target;
}

std::string PoolSizing::shortage() const {
  const int max = situation_.limits.max;
  std::size_t worst = 0;
  int short_by = 0;
  for (std::size_t step = 1; step < std::min(steps_.size(), outlook_.in_use.size()); ++step) {
    const int beyond = outlook_.in_use[step].high + situation_.limits.floor - max;
    if (beyond <= short_by) continue;
    short_by = beyond;
    worst = step;
  }
  if (short_by == 0) return "";
  return fmt::format("at {}, {} instances may be in use at once: with floor {}, max {} is {} too few",
                     clock_time(steps_[worst].begin), outlook_.in_use[worst].high, situation_.limits.floor,
                     max, short_by);
}

SizeAlternative PoolSizing::alternative(int ghosts) const {
  const CountDistribution& count = demands_[0].count;
  const double unserved = count.expected_above(ghosts);
  const double left = ghosts - count.mean() + unserved;
  return {ghosts, count.at_most(ghosts), unserved * outlook_.times.provision_s / 60 * outlook_.wait_per_min,
          left * outlook_.idle_per_min[0] * step_min, ""};
}

std::vector<SizeAlternative> PoolSizing::alternatives() const {
  if (!foretold_until(outlook_.arrivals)) return {};
  const int chosen = steps_[0].ghosts;
  const SizeAlternative best = alternative(chosen);
  std::vector<SizeAlternative> all;
  for (const int ghosts : std::set<int>{demands_[0].least.ghosts, chosen - 1, chosen, chosen + 1}) {
    if (ghosts < 0) continue;
    SizeAlternative other = alternative(ghosts);
    const double dearer = other.wait_cost + other.idle_cost - best.wait_cost - best.idle_cost;
    if (ghosts == chosen)
      other.verdict = "chosen: " + steps_[0].reason;
    else if (ghosts > situation_.limits.max)
      other.verdict = fmt::format("above max {}", situation_.limits.max);
    else if (ghosts < demands_[0].least.ghosts)
      other.verdict = "below " + demands_[0].least.reason;
    else if (ghosts < chosen && other.served < outlook_.served_percent / 100.0)
      other.verdict = fmt::format("somebody waits in {:.0f} of 100 windows, {} are allowed",
                                  100 * (1 - other.served), 100 - outlook_.served_percent);
    else if (dearer > 0)
      other.verdict = fmt::format("costs {:.3f} more", dearer);
    else
      other.verdict = steps_[0].reason;
    all.push_back(std::move(other));
  }
  return all;
}

}  // namespace deskloom::plan
