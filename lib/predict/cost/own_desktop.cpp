#include "predict/cost/own_desktop.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace deskloom::predict {
namespace {

// From one in ten thousand to certainty, each about a seventh more; before them always, after them never.
constexpr std::size_t ladder_steps = 64;
constexpr std::size_t thresholds = ladder_steps + 2;
constexpr double ladder_decades = 4;
constexpr double never = 2;  // no probability is
constexpr double minute_s = 60;

using Ladder = std::array<double, thresholds>;

Ladder make_ladder() {
  Ladder ladder{};
  for (std::size_t step = 0; step < ladder_steps; ++step) {
    const double share = static_cast<double>(step) / (ladder_steps - 1);
    ladder[step + 1] = std::pow(10, ladder_decades * (share - 1));
  }
  ladder.back() = never;
  return ladder;
}

const Ladder& ladder() {
  static const Ladder made = make_ladder();
  return made;
}

}  // namespace

FollowedForecast::FollowedForecast(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                   std::int64_t from, std::int64_t until, std::int64_t lead_s)
    : grid_(grid),
      users_(users),
      until_(until),
      lead_s_(lead_s),
      desktops_(users.size(), {from, 0, 0}),
      idle_s_(thresholds + 1),
      unmet_(thresholds + 1) {}

void FollowedForecast::add(std::size_t user, std::int64_t slot, double probability) {
  pass_until(user, slot);
  Desktop& desktop = desktops_[user];
  const auto likely =
      static_cast<std::size_t>(std::ranges::upper_bound(ladder(), probability) - ladder().begin());
  const SlotUse use = use_of(user, slot);
  idle(0, likely, slot_s - use.used_s);
  if (desktop.ready < likely) idle(desktop.ready, likely, lead_s_);
  if (use.connects > 0) {
    ++unmet_[likely];
    --unmet_[thresholds];
    idle(likely, thresholds, use.after_s);
  }
  connects_ += use.connects;
  desktop.ready = use.connects > 0 ? thresholds : likely;
  desktop.next = slot + 1;
}

std::vector<CostPoint> FollowedForecast::finish() {
  for (std::size_t user = 0; user < users_.size(); ++user) pass_until(user, until_);
  std::vector<CostPoint> points;
  std::int64_t idle_s = 0, unmet = 0;
  for (std::size_t number = 0; number < thresholds; ++number) {
    idle_s += idle_s_[number];
    unmet += unmet_[number];
    const auto connects = static_cast<double>(connects_);
    points.push_back({ladder()[number], static_cast<double>(unmet) / connects,
                      static_cast<double>(idle_s) / minute_s / connects});
  }
  return points;
}

FollowedForecast::SlotUse FollowedForecast::use_of(std::size_t user, std::int64_t slot) {
  const std::int64_t begin_s = grid_.time_s(slot), end_s = begin_s + slot_s;
  const auto& sessions = users_[user].sessions;
  std::size_t& first = desktops_[user].session;
  while (first < sessions.size() && sessions[first].end_s <= begin_s) ++first;
  SlotUse use;
  for (std::size_t i = first; i < sessions.size() && sessions[i].begin_s < end_s; ++i) {
    use.used_s += std::min(sessions[i].end_s, end_s) - std::max(sessions[i].begin_s, begin_s);
    use.after_s = std::max<std::int64_t>(end_s - sessions[i].end_s, 0);
    if (sessions[i].begin_s >= begin_s) ++use.connects;
  }
  return use;
}

// Slots for which nothing was foretold: the desktop is in use when they are decided, or soon after.
void FollowedForecast::pass_until(std::size_t user, std::int64_t slot) {
  Desktop& desktop = desktops_[user];
  for (; desktop.next < slot; ++desktop.next) {
    const SlotUse use = use_of(user, desktop.next);
    idle(0, thresholds, slot_s - use.used_s);
    connects_ += use.connects;
    desktop.ready = thresholds;
  }
}

void FollowedForecast::idle(std::size_t first, std::size_t last, std::int64_t seconds) {
  idle_s_[first] += seconds;
  idle_s_[last] -= seconds;
}

}  // namespace deskloom::predict
