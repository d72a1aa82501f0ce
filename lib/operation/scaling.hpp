#pragma once

#include <string>
#include <vector>

#include "history/store.hpp"
#include "operation/world.hpp"
#include "plan/scaling.hpp"

// Desktops in use, and pools, follow what is really used of them (SPEC C4).
namespace deskloom::operation {

// Policy's rules that go for the pool, by name.
std::vector<plan::NamedRule> scale_rules(const policy::Policy& policy, const std::string& pool);
// With those of the application personas whose image it has. Throws as policy::load_app_personas.
std::vector<plan::NamedRule> pool_rules(const policy::Policy& policy, const policy::Pool& pool);
// With those of the application personas that the desktop serves by.
std::vector<plan::NamedRule> desktop_rules(const World& world, const domain::Instance& desktop);

// What of a connected desktop its rules would change.
plan::ScaleChoice choose_desktop_scale(const World& world, const history::Store& history,
                                       const domain::Instance& desktop);
plan::PoolScaleChoice choose_pool_scale(const World& world, const policy::Pool& pool);

struct ScaledDesktop {
  domain::Instance before, after;
  std::vector<std::string> reasons;
  std::string error;  // why it is as it was
};
struct ScaledPool {
  std::string pool;
  int before = 0, after = 0;  // ghosts beyond the plan
  std::string reason;
};
struct ScaleReport {
  std::vector<ScaledDesktop> desktops;  // that a rule moves
  std::vector<ScaledPool> pools;
};

// A mode that has begun or ended goes before rules. history: nullptr when nothing was ever recorded. pool:
// only this one, or all. is_trial: nothing is moved. Users whom another command serves are left alone; one
// desktop's failure is not another's.
ScaleReport run_scaling(const World& world, const history::Store* history,
                        const std::optional<std::string>& pool, bool is_trial);

}  // namespace deskloom::operation
