#pragma once

#include <string>

#include "base/json.hpp"
#include "plan/pool_plan.hpp"

namespace deskloom::plan {

// A plan as a file that 'pool plan' writes and 'pool apply' reads:
//   {"version": 1, "pool": NAME, "generation": N, "made_at": RFC3339,
//    "target": {"warm": N, "reason": TEXT},
//    "actions": [{"kind": "provision" | "reclaim", "instance": NAME | null, "reason": TEXT}…],
//    "reasons": [TEXT…]}
// Times are kept to the millisecond.
base::Json to_json(const PoolPlan& plan);

// Throws Error(usage) "ORIGIN: /actions/0/kind: …" when a member is missing, unknown or of the wrong type,
// and Error(store_newer) when the version is a later one.
PoolPlan plan_from_json(const base::Json& json, const std::string& origin);

}  // namespace deskloom::plan
