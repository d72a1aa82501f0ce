#pragma once

#include <string>

#include "plan/pool_situation.hpp"

namespace deskloom::plan {

// How many ghosts a pool should have, and why.
struct WarmTarget {
  int warm = 0;
  std::string reason;
  bool operator==(const WarmTarget&) const = default;
};

// What decides how many ghosts are wanted.
class DemandModel {
 public:
  virtual ~DemandModel() = default;
  virtual WarmTarget target(const PoolSituation& situation) const = 0;
};

// Without a forecast: the floor, or what the pool's size leaves beside those in use.
class FixedDemand : public DemandModel {
 public:
  WarmTarget target(const PoolSituation& situation) const override;
};

}  // namespace deskloom::plan
