#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/allocation.hpp"
#include "domain/app_persona.hpp"
#include "domain/usage.hpp"

// Desktops in use, and pools, grow and shrink by what is really used of them (SPEC C4, G4).
namespace deskloom::plan {

struct NamedRule {
  std::string name;  // as people find it: "scale.busy", "persona cad, rule 2"
  domain::ScaleRule rule;
};

// A rule that would take something away leaves it when the rest would be used to within so many percent of
// what makes another rule give it back: constant use moves nothing twice.
inline constexpr int scale_margin_percent = 5;
// Use that was measured longer ago than a rule looks back, and this, says nothing of now.
inline constexpr std::chrono::minutes samples_hold{15};

struct DesktopUse {
  domain::Allocation has, minimal, full;
  // Of its user since its allocation last changed, oldest first.
  std::vector<domain::Sample> samples;
  base::Timestamp now;
};

struct ScaleChoice {
  domain::Allocation to;
  std::vector<std::string> reasons;  // of what changes; empty: nothing does
};

// For each resource the first rule that gives more of it, else the first that takes some, among those whose
// metric has stood beyond its percentage for all of its minutes. Percentages are of what the desktop has; a
// rate that is not limited, and GPUs where it has none, have none. Never beyond minimal, full and the rule's
// own limit.
ScaleChoice choose_scale(const DesktopUse& use, std::span<const NamedRule> rules);

// How full a pool was from some moment on.
struct PoolFill {
  base::Timestamp from;
  int in_use = 0;
  int ready = 0;
};

struct PoolUse {
  int extra = 0;                // instances that rules have added to what is planned
  std::vector<PoolFill> fills;  // since extra last changed, oldest first; not empty
  base::Timestamp now;
};

struct PoolScaleChoice {
  int extra = 0;
  std::string reason;  // empty: as it was
};

// By rules of the metric "instances": how many of the pool's are in use, of those that could be. A limit is
// of all instances.
PoolScaleChoice choose_pool_scale(const PoolUse& use, std::span<const NamedRule> rules);

}  // namespace deskloom::plan
