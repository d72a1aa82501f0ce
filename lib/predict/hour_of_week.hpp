#pragma once

#include <array>
#include <vector>

#include "predict/time_grid.hpp"

namespace deskloom::predict {

using Week = std::array<float, slots_per_week>;

// What somebody did in each quarter hour of the week, as counts that fade from week to week.
struct HabitCounts {
  Week connects{};  // a session began
  Week exposed{};   // was away, so that one could begin
  Week present{};   // was in session
  float weeks = 0;

  void fade(float by);
  HabitCounts& operator+=(const HabitCounts& other);
};

// By how much counts fade in a week.
float fading(double half_life_weeks);

// How often somebody connects in each quarter hour when away, and is there: above 0 and below 1.
struct HabitRates {
  Week connects{};
  Week present{};
};

// Of everybody's counts together. Smoothed over neighbouring quarters, as a user's are.
HabitRates rates_of_all(const HabitCounts& all);
// Of one user: about whom little is known gets everybody's rhythm at their own rate. prior_slots: how many
// slots a user's own habit must outweigh.
HabitRates rates_of(const HabitCounts& user, const HabitRates& of_all, double prior_slots);

}  // namespace deskloom::predict
