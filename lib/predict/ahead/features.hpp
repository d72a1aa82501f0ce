#pragma once

#include <array>

#include "predict/connect/features.hpp"
#include "predict/known_future.hpp"

namespace deskloom::predict {

// How far ahead it is asked, in slots: each band begins here and ends where the next begins. In the first,
// the question is of the slot that is decided now.
inline constexpr std::array<std::int64_t, 6> horizon_bands{0, 1, 4, 16, 48, 96};
std::size_t horizon_band_of(std::int64_t ahead);

inline constexpr std::size_t ahead_features = connect_features + 9;
using AheadFeatures = std::array<float, ahead_features>;

// One user at one moment.
struct UserView {
  const UserWeek& week;
  const HabitRates& rates;
  std::size_t number;  // in the calendars
};

// Those of connect_features; whether in session at origin; logits of everybody's and of the user's habit of
// being there; how far into its band the target is (of 96); what calendars say of the target: holiday, away
// all day, in a meeting, shortly before one, and the share of an all-hands meeting.
AheadFeatures ahead_features_of(const TimeGrid& grid, const Turnout& turnout, const HabitRates& of_all,
                                const KnownFuture& calendars, const UserView& user, std::int64_t origin,
                                std::int64_t target);

}  // namespace deskloom::predict
