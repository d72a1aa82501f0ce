#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace deskloom::plan {

// What a plan was made from, beside the instances of its pool.
struct PlanBasis {
  // Of the pool's policy, key by key as JSON, what decides how many instances it has, of what kind and where.
  std::map<std::string, std::string> policy;
  std::optional<base::Timestamp> forecast_made_at;  // unset: nothing was foretold
  std::string prices;                               // a digest of those that held, list and spot
  bool operator==(const PlanBasis&) const = default;
};

// "floor was 2 and is 5, users was [] and is ["a*"]"; empty: it is the same policy.
std::string policy_changes(const PlanBasis& then, const PlanBasis& now);

// Which of the others is not the same any more: "the forecast", "prices", both; empty: none.
std::string newer_parts(const PlanBasis& then, const PlanBasis& now);

}  // namespace deskloom::plan
