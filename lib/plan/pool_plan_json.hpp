#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "plan/pool_plan.hpp"

namespace deskloom::plan {

// Plans as a file that 'pool plan' writes and 'pool apply' reads, of version 2:
//   {"version": 2, "made_at": RFC3339, "pools": [
//     {"pool": NAME, "generation": N,
//      "target": {"ghosts": N, "keep": N, "reason": TEXT,
//                 "shadows": [{"user": NAME, "probability": 0 to 1, "reason": TEXT}…]},
//      "actions": [{"kind": "provision" | "reclaim" | "shadow", "instance": NAME | null, "user": NAME | null,
//                   "reason": TEXT}…],
//      "reasons": [TEXT…]}…]}
// Version 1, of one pool without shadows, is still read:
//   {"version": 1, "pool": NAME, "generation": N, "made_at": RFC3339,
//    "target": {"warm": N, "reason": TEXT},
//    "actions": [{"kind": "provision" | "reclaim", "instance": NAME | null, "reason": TEXT}…],
//    "reasons": [TEXT…]}
// Times are kept to the millisecond.
base::Json to_json(const std::vector<PoolPlan>& plans, base::Timestamp made_at);

// Throws Error(usage) "ORIGIN: /pools/0/actions/0/kind: …" when a member is missing, unknown or of the wrong
// type, or a pool stands there twice, and Error(store_newer) when the version is a later one.
std::vector<PoolPlan> plans_from_json(const base::Json& json, const std::string& origin);

}  // namespace deskloom::plan
