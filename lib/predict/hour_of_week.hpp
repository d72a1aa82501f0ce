#pragma once

#include <array>
#include <vector>

#include "predict/time_grid.hpp"

namespace deskloom::predict {

using Week = std::array<float, slots_per_week>;

// How often users connect in each quarter hour of the week, when they are away: counts that fade from week to
// week, smoothed over neighbouring quarters. A user about whom little is known gets everybody's rhythm at
// their own rate.
class HourOfWeekHistogram {
 public:
  HourOfWeekHistogram(std::size_t users, double half_life_weeks, double prior_slots);

  // By everybody, and by one user, from the weeks that were added.
  Week of_all() const;
  Week of_user(std::size_t user, const Week& of_all) const;

  // A week has ended: what was counted before fades.
  void fade();
  // In that quarter of the week, the user was away, and connected or did not.
  void add(std::size_t user, int hour_of_week, bool connected);

 private:
  struct Counts {
    Week connects{};
    Week exposed{};
  };
  double prior_slots_;
  float fading_;
  std::vector<Counts> users_;
  Counts all_;
};

}  // namespace deskloom::predict
