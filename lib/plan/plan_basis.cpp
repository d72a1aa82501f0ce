#include "plan/plan_basis.hpp"

#include <fmt/format.h>

#include <set>
#include <vector>

#include "base/text.hpp"

namespace deskloom::plan {
namespace {

// A plan of an older or newer program may know other keys.
std::string value_of(const std::map<std::string, std::string>& policy, const std::string& key) {
  const auto found = policy.find(key);
  return found == policy.end() ? "not there" : found->second;
}

}  // namespace

std::string policy_changes(const PlanBasis& then, const PlanBasis& now) {
  std::set<std::string> keys;
  for (const PlanBasis* basis : {&then, &now})
    for (const auto& [key, value] : basis->policy) keys.insert(key);
  std::vector<std::string> changes;
  for (const std::string& key : keys) {
    const auto before = value_of(then.policy, key), after = value_of(now.policy, key);
    if (before != after) changes.push_back(fmt::format("{} was {} and is {}", key, before, after));
  }
  return base::join(changes, ", ");
}

std::string newer_parts(const PlanBasis& then, const PlanBasis& now) {
  std::vector<std::string> parts;
  if (then.forecast_made_at != now.forecast_made_at) parts.emplace_back("the forecast");
  if (then.prices != now.prices) parts.emplace_back("prices");
  return base::join(parts, " and ");
}

}  // namespace deskloom::plan
