#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/app_persona.hpp"
#include "operation/world.hpp"
#include "plan/app_choice.hpp"

namespace deskloom::operation {

// The application personas of one application, as they suit a user now (SPEC G2).
struct AppChoice {
  std::vector<plan::AppVerdict> verdicts;    // the best first
  std::vector<domain::AppPersona> personas;  // of the same order
  std::string why_none;                      // why none of them can serve; empty: the first can
};

// Throws as policy::load_app_personas.
AppChoice choose_app_persona(const World& world, const std::string& user, const std::string& app);

}  // namespace deskloom::operation
