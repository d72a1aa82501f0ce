#pragma once

#include <functional>
#include <vector>

#include "predict/network/dataset.hpp"
#include "predict/network/recent_use.hpp"

namespace deskloom::predict {

// What a network reads of a user and a slot: the features of the logistic regression, and then the recent
// ones.
inline constexpr std::size_t connect_inputs = connect_features + recent_features;
using ConnectInputs = std::array<float, connect_inputs>;

struct ConnectSample {
  std::size_t user = 0;   // in the list
  std::size_t ended = 0;  // how many of their sessions had ended when it was decided
  std::int64_t slot = 0;
  bool connects = false;
  ConnectInputs inputs{};
};

// Visits the slots from `from` up to `until` in which users are away, week by week, user by user; those for
// which choose says no are passed over at little cost.
void each_connect_sample(
    const Dataset& dataset, const ConnectOptions& options, std::int64_t from, std::int64_t until,
    const std::function<bool(std::size_t user, std::int64_t slot, bool connects)>& choose,
    const std::function<void(const ConnectSample& sample)>& visit);

// Numbers of groups of equal names, from 0 on: what role or department each has.
std::vector<std::size_t> numbered(const std::vector<Person>& people, std::string Person::*name);

}  // namespace deskloom::predict
