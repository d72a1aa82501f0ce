#pragma once

#include <string>
#include <vector>

namespace deskloom::plan {

// What policy wants of a pool.
struct PoolLimits {
  int floor = 0;  // ghosts that are always warm
  int size = 0;   // instances in use and warm together
  int max = 0;    // never more instances than this
};

// A pool as a plan sees it: every live instance is in exactly one of the counts or lists.
struct PoolSituation {
  std::string pool;
  PoolLimits limits;
  int extra = 0;  // ghosts that rules of scaling ask for beyond the plan
  int provisioning = 0;
  int in_use = 0;   // stitching to migrating: given to a user
  int shadows = 0;  // of these, those with a persona whose users have not come yet
  int reclaiming = 0;
  std::vector<std::string> warm;  // oldest first
  std::vector<std::string> failed;
};

}  // namespace deskloom::plan
