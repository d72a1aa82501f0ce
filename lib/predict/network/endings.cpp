#include "predict/network/endings.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr std::int64_t habit_weeks = 4, month_slots = habit_weeks * slots_per_week;
constexpr std::int64_t around = 2;  // quarters beside one that its habit is made of, too
constexpr std::int64_t asked_back = slots_per_day + around;
constexpr double prior_sessions = 20;  // so many going on tell of a group's own habit as much as everybody's
constexpr double prior_ended = 1, prior_at_risk = 20;  // where hardly anything is recorded
constexpr double usual_ends = 1;                       // stand for how it always is
constexpr double most_surprise = 2;

// Of sums before each.
double within(std::span<const std::uint32_t> sums, std::int64_t from, std::int64_t until) {
  return static_cast<double>(sums[static_cast<std::size_t>(until)] - sums[static_cast<std::size_t>(from)]);
}

}  // namespace

double Endings::Sums::ended_in(std::int64_t from, std::int64_t until) const {
  return within(ended, from, until);
}
double Endings::Sums::at_risk_in(std::int64_t from, std::int64_t until) const {
  return within(at_risk, from, until);
}

Endings::Endings(const TimeGrid& grid, std::int64_t first, std::int64_t last, std::int64_t lead_s,
                 std::span<const GroupedSessions> users)
    : grid_(grid),
      counted_from_(first - asked_back - month_slots - around),
      first_(first - asked_back),
      last_(last),
      lead_s_(lead_s) {
  const auto size = static_cast<std::size_t>(last_ - counted_from_) + 1;
  const Sums none{std::vector<std::uint32_t>(size), std::vector<std::uint32_t>(size), {}};
  all_ = none;
  for (const GroupedSessions& user : users) {
    if (user.group >= groups_.size()) groups_.resize(user.group + 1, none);
    count(all_, user.sessions);
    count(groups_[user.group], user.sessions);
  }
  add_up(all_);
  const auto usual = expect(all_, mean_shares(all_));
  for (Sums& group : groups_) {
    add_up(group);
    expect(group, usual);
  }
}

// As changes from one quarter to the next: add_up makes sums of them.
void Endings::count(Sums& sums, std::span<const domain::Session> sessions) const {
  const std::int64_t known_before_s = grid_.time_s(counted_from_ - 1) - lead_s_;
  auto session = std::ranges::upper_bound(sessions, known_before_s, {}, &domain::Session::end_s);
  for (; session != sessions.end(); ++session) {
    const std::int64_t ended = known_at(session->end_s);
    const std::int64_t begun =
        std::clamp(grid_.slot_of(session->begin_s + lead_s_) + 1, counted_from_, ended);
    if (begun >= last_) break;
    const auto place = [&](std::int64_t quarter) {
      return static_cast<std::size_t>(quarter - counted_from_) + 1;
    };
    ++sums.at_risk[place(begun)];
    if (ended >= last_) continue;
    ++sums.ended[place(ended)];
    if (ended + 1 < last_) --sums.at_risk[place(ended + 1)];
  }
}

void Endings::add_up(Sums& sums) {
  std::partial_sum(sums.ended.begin(), sums.ended.end(), sums.ended.begin());
  for (int time = 0; time < 2; ++time)
    std::partial_sum(sums.at_risk.begin(), sums.at_risk.end(), sums.at_risk.begin());
}

std::vector<double> Endings::mean_shares(const Sums& of_all) const {
  std::vector<double> shares;
  for (std::int64_t at = first_ - counted_from_; at < last_ - counted_from_; ++at) {
    shares.push_back((of_all.ended_in(at - month_slots, at) + prior_ended) /
                     (of_all.at_risk_in(at - month_slots, at) + prior_at_risk));
  }
  return shares;
}

std::vector<double> Endings::expect(Sums& sums, std::span<const double> usual) const {
  std::vector<double> shares;
  sums.expected = {0};
  for (const double prior : usual) {
    const std::int64_t at = first_ - counted_from_ + static_cast<std::int64_t>(shares.size());
    double ended = prior_sessions * prior, at_risk = prior_sessions;
    for (std::int64_t week = 1; week <= habit_weeks; ++week) {
      const std::int64_t then = at - week * slots_per_week;
      ended += sums.ended_in(then - around, then + around + 1);
      at_risk += sums.at_risk_in(then - around, then + around + 1);
    }
    shares.push_back(ended / at_risk);
    sums.expected.push_back(sums.expected.back() + shares.back() * sums.at_risk_in(at, at + 1));
  }
  return shares;
}

double Endings::surprise(const Sums& sums, std::int64_t from, std::int64_t until, double own) const {
  const std::int64_t begin = std::clamp(from, first_, last_), end = std::clamp(until, first_, last_);
  if (end <= begin) return 0;
  const double ended = sums.ended_in(begin - counted_from_, end - counted_from_);
  const double expected = sums.expected[static_cast<std::size_t>(end - first_)] -
                          sums.expected[static_cast<std::size_t>(begin - first_)];
  return std::clamp(std::log((std::max(ended - own, 0.0) + usual_ends) / (expected + usual_ends)),
                    -most_surprise, most_surprise);
}

double Endings::surprise(std::int64_t origin, std::int64_t quarters) const {
  return surprise(all_, origin + 1 - quarters, origin + 1, 0);
}

double Endings::surprise(std::size_t group, std::int64_t origin, std::int64_t quarters) const {
  return surprise(groups_[group], origin + 1 - quarters, origin + 1, 0);
}

double Endings::surprise_around(const Sums& sums, std::int64_t end_s, std::int64_t origin) const {
  const std::int64_t ended = known_at(end_s);
  if (ended > origin || ended <= origin - slots_per_day) return 0;
  return surprise(sums, ended - 1, std::min(ended + 1, origin) + 1, 1);
}

double Endings::surprise_around(std::int64_t end_s, std::int64_t origin) const {
  return surprise_around(all_, end_s, origin);
}

double Endings::surprise_around(std::size_t group, std::int64_t end_s, std::int64_t origin) const {
  return surprise_around(groups_[group], end_s, origin);
}

}  // namespace deskloom::predict
