#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/app_persona.hpp"

namespace deskloom::plan {

// How well a persona suits the users of a role, 0 to 1. One that names no roles suits everybody a half, one
// that does not name this role a tenth; 0 is said by its author alone.
double affinity_for(const domain::AppPersona& persona, const std::optional<std::string>& role);

// How much of its use falls into this hour (0 to 23) of this day (0: Monday), 0 to 1: what its author
// foretold, and, the more sessions of it began, what was seen. begun: sessions by the hour of their
// beginning.
double predicted_use(const domain::AppUsage& foretold, int hour, int day, const std::array<int, 24>& begun);

// One application persona that could serve a user now.
struct AppCandidate {
  std::string persona;
  double affinity = 0;
  double predicted = 0;
  int warm = 0;           // instances that are ready
  std::string why_not{};  // why none can be made; empty: one can
};

struct AppVerdict {
  std::string persona;
  double score = 0;  // affinity · predicted use · free capacity (1: ready, 0.5: to be made, 0: none)
  bool is_ready = false;
  std::string why;
  bool is_meant = true;  // for the user's role; else it is not used at all
};

// Those that can serve, the best first; equals by name, so that the order of the candidates does not matter.
// Those of score 0 come last, and cannot.
std::vector<AppVerdict> rank_app_personas(std::span<const AppCandidate> candidates);

}  // namespace deskloom::plan
