#pragma once

#include <optional>
#include <span>
#include <string>

#include "domain/allocation.hpp"

namespace deskloom::plan {

// How much a shadow is given ahead of its user (SPEC C2).
struct InflationStage {
  std::string name;
  double probability = 0;  // of a return, 0 to 1, from which on it is given
  domain::Shares shares;
};

struct InflationChoice {
  std::optional<std::string> stage;  // nullopt: minimal
  domain::Allocation allocation;
  std::string reason;
};

struct ShadowSituation {
  domain::Allocation minimal, full;
  domain::Allocation has;
  double probability = 0;  // that its user returns within the time that is looked ahead
};

// A shadow that has been inflated loses a stage only when the probability is so much below the one at which
// it was given: forecasts that waver around it move nothing (hysteresis).
inline constexpr double stage_margin = 0.1;

// The stage with the highest probability that the shadow's reaches; or the one that it has, while the margin
// keeps it there. Stages may come in any order; those of the same probability are taken by name.
InflationChoice choose_inflation(const ShadowSituation& shadow, std::span<const InflationStage> stages);

}  // namespace deskloom::plan
