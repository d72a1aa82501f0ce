#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "plan/pool_plan.hpp"

namespace deskloom::plan {

// Plans as a file that 'pool plan' writes and 'pool apply' reads, of version 3:
//   {"version": 3, "made_at": RFC3339, "pools": [
//     {"pool": NAME, "holds_until": RFC3339,
//      "made_from": {"policy": {KEY: VALUE…}, "forecast": RFC3339 | null, "prices": DIGEST},
//      "target": {"ghosts": N, "keep": N, "reason": TEXT,
//                 "shadows": [{"user": NAME, "probability": 0 to 1, "reason": TEXT}…]},
//      "actions": [{"kind": "provision" | "reclaim" | "shadow", "instance": NAME | null, "user": NAME | null,
//                   "reason": TEXT}…],
//      "reasons": [TEXT…]}…]}
// Versions 1 and 2, which did not say what they were made from, are refused: nobody can tell whether they
// hold. Times are kept to the millisecond.
base::Json to_json(const std::vector<PoolPlan>& plans, base::Timestamp made_at);

// Throws Error(usage) "ORIGIN: /pools/0/actions/0/kind: …" when a member is missing, unknown or of the wrong
// type, or a pool stands there twice, or the version is one of before, and Error(store_newer) when it is a
// later one.
std::vector<PoolPlan> plans_from_json(const base::Json& json, const std::string& origin);

}  // namespace deskloom::plan
