#pragma once

#include <string>
#include <vector>

#include "domain/app_persona.hpp"
#include "operation/app_wiring.hpp"
#include "plan/components.hpp"

namespace deskloom::operation {

// A host for each of the persona's components. A host that does not answer is left out, and that is said.
// Throws Error(failed) when there is no placement, saying why.
std::vector<plan::ComponentPlace> place_parts(const World& world, const domain::AppPersona& persona);

// Another host than that of the part, as its component and the others wish; its own when there is none.
std::string other_host(const World& world, const AppWhole& whole, const domain::AppPart& part);

}  // namespace deskloom::operation
