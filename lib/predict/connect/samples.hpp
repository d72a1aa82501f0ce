#pragma once

#include <functional>
#include <vector>

#include "predict/ahead/features.hpp"
#include "predict/network/dataset.hpp"
#include "predict/network/recent_use.hpp"

namespace deskloom::predict {

// What a network reads of a user and a slot: the features of the regressions, and then the recent ones.
inline constexpr std::size_t connect_inputs = ahead_features + recent_features;
using ConnectInputs = std::array<float, connect_inputs>;

// How far ahead networks look, in slots: the one that is decided now, and the rest of the hour. What decides
// later is the habit, and the calendar, which regressions read as well.
inline constexpr std::size_t network_bands = 2;
inline constexpr std::int64_t network_slots = horizon_bands[network_bands];

struct ConnectSample {
  std::size_t user = 0;    // in the list
  std::size_t ended = 0;   // how many of their sessions had ended when it was decided
  std::int64_t slot = 0;   // the question is of
  std::int64_t ahead = 0;  // slots before it, it was asked; 0: when it had to be decided
  bool connects = false;
  ConnectInputs inputs{};
};

// Which slots are asked about, and from how far ahead: as many slots as `aheads`, from 0 on.
struct SampledSpan {
  std::int64_t from, until, aheads = 1;
};

// Visits the questions whose origin and slot lie in the span, week by week, user by user: of the slot that is
// decided now, only when the user is away. Those for which choose says no are passed over at little cost.
void each_connect_sample(
    const Dataset& dataset, const ConnectOptions& options, const SampledSpan& span,
    const std::function<bool(std::size_t user, std::int64_t slot, std::int64_t ahead, bool connects)>& choose,
    const std::function<void(const ConnectSample& sample)>& visit);

// One user at one moment, about a slot from then on.
ConnectInputs inputs_of(const AheadFeatures& features, const RecentFeatures& recent);

// Numbers of groups of equal names, from 0 on: what role or department each has.
std::vector<std::size_t> numbered(const std::vector<Person>& people, std::string Person::*name);

}  // namespace deskloom::predict
